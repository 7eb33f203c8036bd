from marketplace.catalog.services.discard_offer import discard_offer, was_ordered
from marketplace.catalog.services.put_offer import put_offer

__all__ = ["discard_offer", "put_offer", "was_ordered"]
