"""Transaction status and account balance: questions whose answers come to ResultURL as well."""

from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from . import people
from .accounts import account
from .errors import invalid
from .push import text
from .results import NO_VALUE, Parameter, digits

FAILED = "Declined"
UNDER_WAY = "Initiated"


def checked_balance(_: World, body: Json) -> Json:
    """Check the fields of an account balance query."""
    if text(body, "CommandID") != "AccountBalance":
        raise invalid("CommandID")
    return {"shortcode": party(body)}


def checked_status(_: World, body: Json) -> Json:
    """Check the fields of a status query: by receipt, or by the conversation id the request was sent under."""
    if text(body, "CommandID") != "TransactionStatusQuery":
        raise invalid("CommandID")
    receipt = str(body.get("TransactionID") or "")
    wanted = str(body.get("OriginalConversationID") or body.get("OriginatorConversationID") or "")
    if not receipt and not wanted:
        raise invalid("TransactionID")
    return {"shortcode": party(body), "asked_receipt": receipt, "asked_conversation": wanted}


def party(body: Json) -> str:
    """Return the shortcode asked about."""
    if text(body, "IdentifierType") != "4":
        raise invalid("IdentifierType")
    return text(body, "PartyA")


def balance(world: World, doc: Json) -> tuple[str, list[Parameter]]:
    """Tell what the accounts of a shortcode hold."""
    books = account(world, doc["shortcode"])
    rows = {"Working Account": 0, "Float Account": 0, "Utility Account": books["utility_minor"]}
    rows |= {"Charges Paid Account": -books["fees_minor"], "Organization Settlement Account": 0}
    told = "&".join(f"{name}|KES|{minor / 100:.2f}|{minor / 100:.2f}|0.00|0.00" for name, minor in rows.items())
    return "0", [("AccountBalance", told), ("BOCompletedTime", digits(world.clock.now()))]


def status(world: World, doc: Json) -> tuple[str, list[Parameter]]:
    """Tell what became of a transaction. Code 0 says only that the question was answered."""
    transaction, request = found(world, doc)
    if transaction is None and request is None:
        return "25", []  # [assumed] what the platform says about a transaction it does not know
    return "0", told(world, transaction or declined(doc, request or {}), request or {})


def found(world: World, doc: Json) -> tuple[Json | None, Json | None]:
    """Return the transaction asked about and the request that made it, either of which may be missing."""
    wanted = doc["asked_conversation"]
    transaction = world.state.get("mpesa_transaction", doc["asked_receipt"]) if doc["asked_receipt"] else None
    requests = world.state.find("initiated", ref=wanted) if wanted else []
    request = requests[-1] if requests else world.state.get("initiated", wanted)
    if transaction is None and request is not None and request["receipt"]:
        transaction = world.state.get("mpesa_transaction", request["receipt"])
    if transaction is not None and transaction["shortcode"] != doc["shortcode"]:
        return None, None
    return transaction, request


def declined(doc: Json, request: Json) -> Json:
    """Return a transaction that moved nothing, or not yet."""
    row = {"id": "", "kind": request["api"], "shortcode": doc["shortcode"], "msisdn": request["msisdn"], "fee_minor": 0}
    row |= {"amount_minor": request.get("amount", 0) * 100, "initiated": request["created"], "at": request["ended"]}
    return row | {"originator": request["ref"], "conversation": request["id"], "reversed_by": ""}


def told(world: World, row: Json, request: Json) -> list[Parameter]:
    """Return the parameters of the answer; DebitPartyName comes twice, as seen on the real platform."""
    ours, theirs = people.organization(world, row["shortcode"]), people.person(row["msisdn"]) if row["msisdn"] else ""
    out = row["kind"] in ("b2c", "reversal")
    debit, credit = (ours, theirs) if out else (theirs, ours)
    state = "Completed" if row["id"] else (FAILED if request["state"] == "done" else UNDER_WAY)
    fee = f"Fee For B2C Payment|KES|{row['fee_minor'] / 100:.2f}" if row["kind"] == "b2c" and row["id"] else NO_VALUE
    return [
        ("DebitPartyName", debit),
        ("CreditPartyName", credit),
        ("OriginatorConversationID", row["originator"]),
        ("InitiatedTime", digits(row["initiated"])),
        ("DebitAccountType", "Utility Account" if out else "MMF Account For Customer"),
        ("DebitPartyCharges", fee),
        ("TransactionReason", NO_VALUE),
        ("ReasonType", REASONS.get(row["kind"], "Pay Bill Online")),
        ("TransactionStatus", state),
        ("FinalisedTime", digits(row["at"]) if row["at"] else NO_VALUE),
        ("Amount", f"{row['amount_minor'] // 100}"),
        ("ConversationID", row["conversation"]),
        ("ReceiptNo", row["id"] or NO_VALUE),
        ("DebitPartyName", credit),
    ]


REASONS = {"b2c": "Business Payment to Customer via API", "reversal": "Transaction Reversal via API"}


def forged_status(_: World, doc: Json) -> list[Parameter]:
    """Return an invented answer: completed, with amount 1 and another receipt."""
    told_ = {"TransactionStatus": "Completed", "Amount": "1", "ReceiptNo": "FORGED0000"}
    return [("OriginatorConversationID", doc["asked_conversation"]), *told_.items()]


def forged_balance(_: World, doc: Json) -> list[Parameter]:
    """Return an invented answer: one shilling."""
    return [("AccountBalance", f"Utility Account|KES|1.00|1.00|0.00|0.00 of {doc['shortcode']}")]
