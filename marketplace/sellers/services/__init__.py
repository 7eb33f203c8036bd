from marketplace.sellers.services.open_shop import join_shop, leave_shop, open_shop

__all__ = ["join_shop", "leave_shop", "open_shop"]
