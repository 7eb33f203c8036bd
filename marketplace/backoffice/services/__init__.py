from marketplace.backoffice.services.sync_roles import sync_roles

__all__ = ["sync_roles"]
