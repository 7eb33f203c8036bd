"""Who can log in to the demo."""

PASSWORD = "karibu-sokoni"  # noqa: S105 (published on purpose: the demo runs on loopback only)

LOGINS = {
    "editor": "editor@sokoni.example",
    "seller": "amani@sokoni.example",
    "finance": "finance@sokoni.example",
    "support": "support@sokoni.example",
    "admin": "admin@sokoni.example",
    "buyer": "buyer@sokoni.example",
}

NAMES = {
    "editor": ("Zawadi", "Njoroge"),
    "seller": ("Amani", "Odhiambo"),
    "finance": ("Faraja", "Kimani"),
    "support": ("Subira", "Achieng"),
    "admin": ("Imani", "Mwangi"),
    "buyer": ("Baraka", "Otieno"),
}

GROUPS = {
    "editor": "Editors", "seller": "Sellers", "finance": "Finance", "support": "Support", "admin": "Admins",
}  # fmt: skip
