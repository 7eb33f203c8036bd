"""The least a merchant needs to talk Daraja over real HTTP."""

import base64
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx

from tests.simulator_process import CONSUMER_KEY, CONSUMER_SECRET, PASSKEY, SHORTCODE

PUSH = "/mpesa/stkpush/v1/processrequest"
QUERY = "/mpesa/stkpushquery/v1/query"
OAUTH = "/oauth/v1/generate?grant_type=client_credentials"


class Daraja:
    """A merchant with one token."""

    def __init__(self, base: str, callback_url: str) -> None:
        self.http = httpx.Client(base_url=base, timeout=10, trust_env=False)
        self.callback_url = callback_url
        self.token = ""

    def authorize(self) -> str:
        """Fetch a new token."""
        answer = self.http.get(OAUTH, auth=(CONSUMER_KEY, CONSUMER_SECRET))
        self.token = answer.json()["access_token"]
        return self.token

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        """Send JSON with the token."""
        return self.http.post(path, json=body, headers={"Authorization": f"Bearer {self.token}", **headers})

    def signed(self, shortcode: str = SHORTCODE, passkey: str = PASSKEY) -> dict[str, str]:
        """Return shortcode, timestamp and password."""
        stamp = datetime.now(timezone(timedelta(hours=3))).strftime("%Y%m%d%H%M%S")
        password = base64.b64encode(f"{shortcode}{passkey}{stamp}".encode()).decode()
        return {"BusinessShortCode": shortcode, "Timestamp": stamp, "Password": password}

    def body(self, phone: str = "254712345678", amount: Any = 1500, **changes: Any) -> dict[str, Any]:
        """Return a correct push, changed as told; None leaves a field out."""
        made = self.signed() | {
            "TransactionType": "CustomerPayBillOnline",
            "Amount": amount,
            "PartyA": phone,
            "PartyB": SHORTCODE,
            "PhoneNumber": phone,
            "CallBackURL": self.callback_url,
            "AccountReference": "ORD1",
            "TransactionDesc": "Tickets",
        }
        return {key: value for key, value in (made | changes).items() if value is not None}

    def push(self, phone: str = "254712345678", amount: Any = 1500, **changes: Any) -> httpx.Response:
        """Send a push."""
        return self.post(PUSH, self.body(phone, amount, **changes))

    def accepted(self, phone: str = "254712345678", amount: Any = 1500, **changes: Any) -> str:
        """Send a push that must be accepted and return its CheckoutRequestID."""
        answer = self.push(phone, amount, **changes)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["CheckoutRequestID"])

    def query(self, checkout_request_id: str) -> httpx.Response:
        """Ask what became of a push."""
        return self.post(QUERY, self.signed() | {"CheckoutRequestID": checkout_request_id})
