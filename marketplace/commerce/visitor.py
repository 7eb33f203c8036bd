"""Which cart is this visitor's, and how visitors are told apart. The only place that knows the session's keys."""

from django.http import HttpRequest

from marketplace.core.crypto import lookup_hash
from marketplace.core.net import client_ip
from marketplace.payments.services import ClientDetails

CART = "cart"


def cart_token(request: HttpRequest) -> str | None:
    """The token of the visitor's cart, None when there never was one."""
    session = getattr(request, "session", None)
    return session.get(CART) if session is not None else None


def remember_cart(request: HttpRequest, token: str) -> None:
    if request.session.get(CART) != token:
        request.session[CART] = token


def network_hash(request: HttpRequest) -> str:
    """A keyed hash of the visitor's network address: bounds what one visitor holds without keeping the address."""
    return lookup_hash(client_ip(request), purpose="visitor")


def user_id(request: HttpRequest) -> int | None:
    return request.user.pk if request.user.is_authenticated else None


def client_details(request: HttpRequest, *, email: str, phone: str) -> ClientDetails:
    return ClientDetails(
        phone=phone, email=email, ip=client_ip(request) or None, user_agent=request.headers.get("User-Agent", "")[:300]
    )
