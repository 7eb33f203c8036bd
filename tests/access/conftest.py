from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from marketplace.users.models import User
from tests import databases
from tests.access.world import FOREIGN, OWN, Side, build
from tests.factories.users import make_user

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class World:
    """Both shops, and someone of every role."""

    def __init__(self) -> None:
        self.own: Side = build(OWN)
        self.foreign: Side = build(FOREIGN)
        roles = ("Editors", "Finance", "Support", "Admins")
        self.people: dict[str, User] = {role: make_user(role=role) for role in roles}
        self.people |= {"Sellers": self.own.user, "buyer": make_user()}

    def client(self, role: str) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(self.people[role], BACKEND)
        return client


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Built once per module, on a database of its own: requests that are refused change nothing."""
    with django_db_blocker.unblock(), databases.cloned():
        yield World()
