"""What commerce does when somebody logs in or proves an address. The signals are Django's and allauth's, not ours."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from marketplace.commerce.services.join_cart import join_cart
from marketplace.commerce.services.join_orders import join_orders
from marketplace.commerce.visitor import cart_token, remember_cart
from marketplace.users.models import User


def listen() -> None:
    email_confirmed.connect(address_proven, dispatch_uid="commerce.address_proven")
    user_logged_in.connect(logged_in, dispatch_uid="commerce.logged_in")


def address_proven(*, email_address: EmailAddress, **_: Any) -> None:
    """Orders a guest placed with this address belong to its owner's account from now on."""
    join_orders(user_id=email_address.user_id, emails=[email_address.email])


def logged_in(*, request: HttpRequest, user: User, **_: Any) -> None:
    """The guest's cart goes along; orders placed as a guest since the address was proven join the account."""
    proven = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    join_orders(user_id=user.pk, emails=list(proven))
    token = join_cart(token=cart_token(request), user_id=user.pk)
    if token is not None:
        remember_cart(request, token)
