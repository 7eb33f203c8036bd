from typing import Any

from marketplace.catalog.images import CARD, picture
from marketplace.products.models import ProductPage


def offer_fields(product: ProductPage) -> dict[str, Any]:
    """What an offer says about the product it belongs to; kept in step by `sync_offers`."""
    found = picture(product.poster, CARD)
    return {
        "title": product.title[:200],
        "url": (product.get_url() or "")[:300],
        "image_url": str(found["src"])[:300] if found else "",
        **product.promises(),
    }
