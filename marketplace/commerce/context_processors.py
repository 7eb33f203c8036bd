from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from marketplace.commerce.cart_view import summary
from marketplace.commerce.visitor import cart_token


def cart(request: HttpRequest) -> dict[str, Any]:
    """What the header shows of the cart: one query, when a template asks and the visitor has a cart at all."""

    def look() -> dict[str, Any]:
        token = cart_token(request)
        found = summary(token) if token else None
        return {**(found or {"count": 0, "deadline": None}), "url": reverse("commerce:cart")}

    return {"cart_summary": SimpleLazyObject(look)}
