"""A thin client of Daraja: JSON over HTTP, one shared token, and a plain answer to "did anything happen?".

Hosts, envelopes and codes: developer.safaricom.co.ke (Authorization, M-Pesa Express, M-Pesa Express Query).
"""

import base64
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from marketplace.core import clock
from marketplace.payments.conf import MpesaSettings, answer_seconds
from marketplace.payments.providers.base import Silent, Unavailable, outside_transaction
from marketplace.payments.providers.mpesa.credential import CredentialUnusable, security_credential
from marketplace.payments.providers.mpesa.token import access_token

NAIROBI = ZoneInfo("Africa/Nairobi")
BAD_TOKEN = frozenset({"404.001.03", "400.003.01", "401.002.01", "401.003.01"})
"""Rejected before processing, so that one repeat with a new token is safe."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Daraja's answer. `body` is empty when it was not a JSON object; `told` is all of it, for the story."""

    status: int
    body: dict[str, Any]
    text: str

    @property
    def error(self) -> str:
        return str(self.body.get("errorCode", "")).strip()

    @property
    def message(self) -> str:
        fault = self.body.get("fault")
        return str(self.body.get("errorMessage") or (fault.get("faultstring") if isinstance(fault, dict) else "") or "")

    @property
    def told(self) -> dict[str, Any]:
        return {"http": self.status, "answer": self.body or self.text[:2000]}


class Daraja:
    """Calls Daraja with the keys of one app."""

    def __init__(self, settings: MpesaSettings) -> None:
        self.settings = settings

    def signed(self) -> dict[str, str]:
        """Short code, password and timestamp, which belong together. The timestamp is Kenyan time."""
        stamp = clock.now().astimezone(NAIROBI).strftime("%Y%m%d%H%M%S")
        password = f"{self.settings.shortcode}{self.settings.passkey}{stamp}".encode()
        return {
            "BusinessShortCode": self.settings.shortcode,
            "Password": base64.b64encode(password).decode(),
            "Timestamp": stamp,
        }

    def call(self, path: str, body: dict[str, str]) -> Answer:
        """POST with the shared token, once; a dead token is renewed and the call repeated once.

        Raises `Unavailable` when the request certainly did not arrive, `Silent` when that cannot be known.
        """
        outside_transaction()
        token, generation = access_token(name="mpesa", fetch=self._fetch_token)
        answer = self._post(path, body, token)
        if answer.status == 401 or answer.error in BAD_TOKEN:
            token, _ = access_token(name="mpesa", fetch=self._fetch_token, newer_than=generation)
            answer = self._post(path, body, token)
        return answer

    def initiate(self, path: str, body: dict[str, str], *, name_field: str = "Initiator") -> Answer:
        """`call()` in the initiator's name, as the APIs that move money or ask about it want it.

        B2C spells `name_field` InitiatorName. Raises `Unavailable` when no initiator is configured, and as `call()`.
        """
        keys = self.settings
        try:
            credential = security_credential(keys.certificate, keys.initiator_password)
        except CredentialUnusable as error:
            raise Unavailable("misconfigured", str(error)) from error
        return self.call(path, {name_field: keys.initiator, "SecurityCredential": credential, **body})

    def _post(self, path: str, body: dict[str, str], token: str) -> Answer:
        try:
            response = _http(self.settings.base_url, answer_seconds()).post(
                path, json=body, headers={"Authorization": f"Bearer {token}"}
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unavailable("provider_unavailable", repr(error)) from error
        except httpx.HTTPError as error:
            raise Silent(repr(error)) from error
        return _read(response)

    def _fetch_token(self) -> tuple[str, int]:
        pair = (self.settings.consumer_key, self.settings.consumer_secret)
        query = {"grant_type": "client_credentials"}
        try:
            response = _http(self.settings.base_url, answer_seconds()).get(
                "/oauth/v1/generate", params=query, auth=pair
            )
        except httpx.HTTPError as error:
            raise Unavailable("provider_unavailable", repr(error)) from error
        answer = _read(response)
        token = answer.body.get("access_token")
        if answer.status != 200 or not isinstance(token, str):
            # A wrong key or secret is a 400 with an empty body. No token: nothing was asked for, nothing can happen.
            raise Unavailable("no_token", f"HTTP {answer.status}", {"http": answer.status, "answer": answer.text[:500]})
        life = str(answer.body.get("expires_in", "")).strip()
        return token, int(life) if life.isdigit() else 3599


def _read(response: httpx.Response) -> Answer:
    try:
        body = response.json()
    except ValueError:
        body = None
    return Answer(response.status_code, body if isinstance(body, dict) else {}, response.text)


@cache
def _http(base_url: str, seconds: float) -> httpx.Client:
    """Keeps no connection: one that the other side has just closed would leave us guessing about a push."""
    fresh = httpx.Limits(max_keepalive_connections=0)
    wait = httpx.Timeout(seconds, connect=min(seconds, 5.0))
    return httpx.Client(base_url=base_url, timeout=wait, limits=fresh, follow_redirects=False)
