"""Names that are known before Django is."""

DATABASE = "sokoni"
