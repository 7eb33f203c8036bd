"""Sellers' people and staff at the money pages."""

from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.utils import timezone

from marketplace.sellers.models import Seller
from marketplace.sellers.services import join_shop
from tests.factories.users import make_user

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def as_person_of(seller: Seller, role: str = "owner", *, recent: bool = False) -> Client:
    user = make_user()
    join_shop(seller=seller, user=user, role=role, actor_id=None)
    return logged_in(user, recent=recent)


def as_role(role: str, *, recent: bool = False) -> Client:
    return logged_in(make_user(role=role), recent=recent)


def logged_in(user: Any, *, recent: bool = False) -> Client:
    """With `recent`, as after typing the password once more."""
    client = Client()
    client.force_login(user, BACKEND)
    client.user = user  # type: ignore[attr-defined]
    if recent:
        session = client.session
        records = [{"method": "password", "at": timezone.now().timestamp(), "reauthenticated": True}]
        session[AUTHENTICATION_METHODS_SESSION_KEY] = records
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


def text(response: Any) -> str:
    assert response.status_code == 200, (response.status_code, response.headers.get("Location"))
    return response.content.decode()
