"""The least a merchant needs to talk Daraja over real HTTP."""

import base64
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from tests.simulator_process import CONSUMER_KEY, CONSUMER_SECRET, PASSKEY, SHORTCODE

PUSH = "/mpesa/stkpush/v1/processrequest"
B2C, REVERSAL = "/mpesa/b2c/v3/paymentrequest", "/mpesa/reversal/v1/request"
STATUS, BALANCE = "/mpesa/transactionstatus/v1/query", "/mpesa/accountbalance/v1/query"
B2C_SHORTCODE, INITIATOR, INITIATOR_PASSWORD = "600992", "testapi", "simulator-initiator-password"
QUERY = "/mpesa/stkpushquery/v1/query"
OAUTH = "/oauth/v1/generate?grant_type=client_credentials"


class Daraja:
    """A merchant with one token."""

    def __init__(self, base: str, callback_url: str) -> None:
        self.http = httpx.Client(base_url=base, timeout=180, trust_env=False)
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

    def credential(self, password: str = INITIATOR_PASSWORD) -> str:
        """Encrypt the operator's password under the certificate the simulator publishes."""
        pem = self.http.get(str(self.http.base_url).replace("/daraja/", "/_sim/certificate")).content
        key = x509.load_pem_x509_certificate(pem).public_key()
        assert isinstance(key, RSAPublicKey)
        return base64.b64encode(key.encrypt(password.encode(), PKCS1v15())).decode()

    def initiate(self, path: str, fields: dict[str, Any], **changes: Any) -> httpx.Response:
        """Send a request to an initiator API, changed as told; None leaves a field out."""
        made = {
            "SecurityCredential": self.credential(),
            "Remarks": "Remark",
            "ResultURL": f"{self.callback_url}result/",
        }
        made |= {"QueueTimeOutURL": f"{self.callback_url}timeout/", **fields, **changes}
        return self.post(path, {key: value for key, value in made.items() if value is not None})

    def send(self, originator: str, phone: str = "254712345678", amount: Any = 1500, **changes: Any) -> httpx.Response:
        """Pay a person."""
        fields = {"OriginatorConversationID": originator, "InitiatorName": INITIATOR, "CommandID": "BusinessPayment"}
        fields |= {"Amount": str(amount), "PartyA": B2C_SHORTCODE, "PartyB": phone, "Occassion": "Payout"}
        return self.initiate(B2C, fields, **changes)

    def reverse(self, receipt: str, amount: Any = 1500, **changes: Any) -> httpx.Response:
        """Give a payment back."""
        fields = {"Initiator": INITIATOR, "CommandID": "TransactionReversal", "TransactionID": receipt}
        fields |= {"Amount": str(amount), "ReceiverParty": SHORTCODE, "RecieverIdentifierType": "11"}
        return self.initiate(REVERSAL, fields, **changes)

    def status(self, **changes: Any) -> httpx.Response:
        """Ask what became of a transaction."""
        fields = {"Initiator": INITIATOR, "CommandID": "TransactionStatusQuery", "PartyA": B2C_SHORTCODE}
        return self.initiate(STATUS, fields | {"IdentifierType": "4", "Occasion": "OK"}, **changes)

    def balance(self, shortcode: str = B2C_SHORTCODE, **changes: Any) -> httpx.Response:
        """Ask what the accounts hold."""
        fields = {"Initiator": INITIATOR, "CommandID": "AccountBalance", "PartyA": shortcode, "IdentifierType": "4"}
        return self.initiate(BALANCE, fields, **changes)
