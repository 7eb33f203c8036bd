from marketplace.users.services.anonymize import anonymize

__all__ = ["anonymize"]
