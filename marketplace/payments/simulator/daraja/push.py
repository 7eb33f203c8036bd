"""POST /mpesa/stkpush/v1/processrequest: everything checked in the order the real gateway seems to use."""

import base64
import hmac
import re
from urllib.parse import urlsplit

from marketplace.payments.simulator.clock import nairobi
from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from .errors import DarajaError, invalid, new_id
from .outcomes import DESCRIPTIONS

REQUIRED = (
    "BusinessShortCode", "Password", "Timestamp", "TransactionType", "Amount", "PartyA", "PartyB", "PhoneNumber",
    "CallBackURL", "AccountReference", "TransactionDesc",
)  # fmt: skip
KINDS = ("CustomerPayBillOnline", "CustomerBuyGoodsOnline")
BANNED = ("mpesa", "m-pesa", "safaricom", "exe", "exec", "cmd", "sql", "query")
PHONE = re.compile(r"254[17]\d{8}")
STAMP = re.compile(r"20\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])[0-5]\d[0-5]\d")
PLAIN = re.compile(r"[ -~]*")  # printable ASCII
MOST = 250_000  # whole shillings per transaction


def text(body: Json, field: str) -> str:
    """Return a field as text; Daraja takes numbers and strings alike, and nothing else."""
    value = body.get(field)
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise invalid("Remarks" if field == "TransactionDesc" else field)
    return str(value)


def check_password(world: World, body: Json) -> str:
    """Recompute the password and return the shortcode; shared by push and query."""
    code, stamp = text(body, "BusinessShortCode"), text(body, "Timestamp")
    if not STAMP.fullmatch(stamp):
        raise invalid("Timestamp")
    wanted = base64.b64encode(f"{code}{world.settings.passkey}{stamp}".encode())
    if not hmac.compare_digest(wanted, text(body, "Password").encode()):
        raise DarajaError(500, "500.001.1001", "Wrong credentials")
    if code != world.settings.shortcode:
        raise DarajaError(500, "500.001.1001", "Merchant does not exist")
    return code


def check_url(url: str, field: str) -> str:
    """Refuse what is not http(s) or holds a banned word. Plain http is taken, as the sandbox does."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(word in url.lower() for word in BANNED):
        raise invalid(field)
    return url


def check_words(body: Json, field: str, most: int) -> str:
    """Refuse long or odd texts [assumed: the real gateway sometimes drops the prompt silently instead]."""
    value = text(body, field)
    if len(value) > most or not PLAIN.fullmatch(value) or set(value) & set("@#&<>"):
        raise invalid("Remarks" if field == "TransactionDesc" else field)
    return value


def check_amount(body: Json) -> int:
    """Whole shillings from 1 to 250,000."""
    value = text(body, "Amount")
    if not re.fullmatch(r"[0-9]{1,7}", value) or not 1 <= int(value) <= MOST:
        raise invalid("Amount")
    return int(value)


def check_phone(body: Json, field: str) -> str:
    """A Kenyan mobile number in international form without the plus sign."""
    value = text(body, field)
    if not PHONE.fullmatch(value):
        raise invalid(field)
    return value


def checked(world: World, body: Json) -> Json:
    """Check a push and return it as a document that is not stored yet."""
    for field in REQUIRED:
        text(body, field)
    shortcode = check_password(world, body)
    kind = text(body, "TransactionType")
    if kind not in KINDS:
        raise invalid("TransactionType")
    callback_url = check_url(text(body, "CallBackURL"), "CallBackURL")
    amount = check_amount(body)
    check_phone(body, "PartyA")
    msisdn = check_phone(body, "PhoneNumber")
    reference, words = check_words(body, "AccountReference", 12), check_words(body, "TransactionDesc", 13)
    check_lock(world, msisdn)
    now = world.clock.now()
    stamp = nairobi(now).strftime("%d%m%Y%H%M%S") + f"{int(now * 1000) % 1000:03d}"
    return {
        "id": f"ws_CO_{stamp}{msisdn[-9:]}", "merchant_request_id": new_id(), "shortcode": shortcode, "kind": kind,
        "party_b": text(body, "PartyB"), "amount": amount, "msisdn": msisdn, "callback_url": callback_url,
        "reference": reference, "description": words, "created": now, "state": "pending", "outcome": "",
        "deadline": now + world.tuned("prompt_seconds"), "ignored": False, "result_code": None, "result_desc": "",
        "receipt": "", "ended": None, "query_code": None, "late": False, "deliveries": None,
    }  # fmt: skip


def check_lock(world: World, msisdn: str) -> None:
    """One prompt per handset: refuse while another waits, at most until its prompt would be gone."""
    now = world.clock.now()
    waiting = [p for p in world.state.find("stk", msisdn=msisdn) if p["state"] == "pending" and p["deadline"] > now]
    if waiting:
        raise DarajaError(500, "500.001.1001", DESCRIPTIONS["1001"])


def rule_of(world: World, push: Json) -> str:
    """Return the result code that a rule forces on an accepted push, or an empty string."""
    since = push["created"] - world.tuned("same_payment_seconds")
    twins = [
        p for p in world.state.find("stk", msisdn=push["msisdn"], amount=push["amount"])
        if p["created"] > since and p["id"] != push["id"] and p["result_code"] != "17"
    ]  # fmt: skip
    if twins:
        return "17"
    paybill = push["kind"] == "CustomerPayBillOnline"
    return "2028" if paybill and push["party_b"] != push["shortcode"] else ""
