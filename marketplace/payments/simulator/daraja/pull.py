"""Pull Transactions: what reached a shortcode in the last 48 hours, for confirmations that were lost."""

from datetime import UTC, datetime

from marketplace.payments.simulator.clock import NAIROBI
from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from . import people
from .errors import invalid, new_id
from .push import check_phone, check_url, text

WINDOW = 48 * 3600  # seconds
PAGE = 100  # rows of one answer [assumed]


def register(world: World, body: Json) -> Json:
    """POST /pulltransactions/v1/register. Once per shortcode."""
    code = text(body, "ShortCode")
    if text(body, "RequestType") != "Pull":
        raise invalid("RequestType")
    check_phone(body, "NominatedNumber")
    check_url(text(body, "CallBackURL"), "CallBackURL")
    before = world.state.get("pull", code)
    world.state.put("pull", {"id": code})
    status, words = (
        ("1001", "ShortCode already registered") if before else ("1000", "ShortCode registered successfully")
    )
    return {"ResponseRefID": new_id(), "ResponseStatus": status, "ShortCode": code, "ResponseDescription": words}


def query(world: World, body: Json) -> Json:
    """POST /pulltransactions/v1/query: one page of payments by customers, oldest first."""
    code, offset = text(body, "ShortCode"), text(body, "OffSetValue")
    if not offset.isdigit():
        raise invalid("OffSetValue")
    begin, end = moment(body, "StartDate"), moment(body, "EndDate")
    begin = max(begin, world.clock.now() - WINDOW)
    paid = world.state.find("mpesa_transaction", shortcode=code) if world.state.get("pull", code) else []
    rows = [row for row in paid if row["kind"] in ("stk", "c2b") and begin <= row["at"] <= end]
    rows = rows[int(offset) : int(offset) + PAGE]
    answer: Json = {"ResponseRefID": new_id(), "ResponseCode": "1000" if rows else "1001"}
    answer["ResponseMessage"] = "Success" if rows else "No transactions found"
    return answer | {"Response": [[shown(world, row) for row in rows]]}


def moment(body: Json, field: str) -> float:
    """Return a time given as `2020-08-04 8:36:00` in Kenya, in unix seconds."""
    try:
        return datetime.strptime(text(body, field), "%Y-%m-%d %H:%M:%S").replace(tzinfo=NAIROBI).timestamp()
    except ValueError as error:
        raise invalid(field) from error


def shown(world: World, row: Json) -> Json:
    """Return one payment as the API tells it."""
    return {
        "transactionId": row["id"],
        "trxDate": datetime.fromtimestamp(row["at"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "msisdn": int(row["msisdn"]),
        "sender": people.first_name(row["msisdn"]),
        "transactiontype": "c2b-pay-bill-debit",
        "billreference": row["reference"],
        "amount": f"{row['amount_minor'] / 100:.2f}",
        "organizationname": world.settings.merchant,
    }
