from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from marketplace.core.conf import site_url
from marketplace.core.net import client_ip

PASSWORD, KEY = "reauthenticate", "mfa_reauthenticate:webauthn"
"""allauth's names of two ways to prove oneself."""


class AccountAdapter(DefaultAccountAdapter):
    """How accounts behave here. Its letters are posted by `notifications.accounts`, which stands above this room."""

    def is_safe_url(self, url: str | None) -> bool:
        """Only back to the host that was asked; never elsewhere, whatever else this site answers to."""
        request: HttpRequest = self.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has a second step proves themselves by it: a stolen password must not be enough to move money. Who has a
        key is asked for that first: no fake page can trick it, and it is a touch instead of six digits.
        """
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        methods.sort(key=lambda method: method["id"] != KEY)
        return [method for method in methods if method["id"] != PASSWORD] or methods

    def get_client_ip(self, request: HttpRequest) -> str:
        """Rate limits count by the address our own proxy vouches for."""
        return client_ip(request)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """On the public address, not on whatever Host header came with the request."""
        return site_url() + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key: str) -> str:
        """`key` is `<user id, base 36>-<token>`, as allauth made it."""
        uid, _dash, token = key.partition("-")
        return site_url() + reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
