"""/v1/transfers: separate charges and transfers. Money moves from the platform's balance to a connected account's."""

from dataclasses import replace

from marketplace.payments.simulator.state import Json

from . import money
from .balance import available, book, clears_on
from .desk import Desk, new_id
from .errors import ParamError, StripeError
from .lists import envelope, listed
from .objects import blank

POOR = (
    "You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance"
    " by creating Charges using the 4000000000000077 test card."
)
NEEDS = (
    "Your destination account needs to have at least one of the following capabilities enabled: transfers,"
    " crypto_transfers, legacy_payments"
)


def create(desk: Desk) -> Json:
    """POST /v1/transfers."""
    currency = money.known_currency(desk.params["currency"], "currency")
    destination = desk.world.state.get("account", desk.params["destination"], account=desk.account)
    if destination is None:
        raise ParamError("destination", f"No such destination: '{desk.params['destination']}'", "resource_missing")
    if destination["capabilities"].get("transfers") != "active":
        raise StripeError(NEEDS, code="insufficient_capabilities_for_transfer")
    charge = source_of(desk, currency)
    amount = desk.params.get("amount", charge["amount"] if charge else None)
    if amount is None:
        raise ParamError("amount", "Missing required param: amount.", "parameter_missing")
    if amount <= 0:
        raise ParamError("amount", "Invalid positive integer", "parameter_invalid_integer")
    check_funds(desk, charge, amount, currency)
    return move(desk, destination, charge, amount, currency)


def source_of(desk: Desk, currency: str) -> Json | None:
    """Return the charge a transfer is tied to, if it is."""
    if "source_transaction" not in desk.params:
        return None
    charge = desk.get("charge", desk.params["source_transaction"], "source_transaction")
    if not charge["paid"]:
        raise ParamError("source_transaction", f"The charge {charge['id']} has not succeeded.")
    if charge["currency"] != currency:
        words = (
            f"The currency of source_transaction's balance transaction ({charge['currency']}) must be the same as the"
        )
        raise ParamError("currency", f"{words} transfer currency ({currency})")
    group = desk.params.get("transfer_group")
    if group and charge["transfer_group"] and group != charge["transfer_group"]:
        raise ParamError("transfer_group", "The transfer_group differs from that of the source_transaction.")
    return charge


def check_funds(desk: Desk, charge: Json | None, amount: int, currency: str) -> None:
    """Refuse more than the charge has left, or more than the balance has available."""
    if charge is not None:
        used = sum(
            doc["amount"] - doc["amount_reversed"] for doc in desk.find("transfer", source_transaction=charge["id"])
        )
        left = charge["amount"] - used
        if amount > left:
            words = f"The transfer amount {money.shown(amount, currency)} exceeds what is left of source_transaction"
            raise StripeError(f"{words} ({money.shown(max(left, 0), currency)}).", param="amount")
    elif amount > available(desk, currency):
        raise StripeError(POOR, code="balance_insufficient")


def move(desk: Desk, destination: Json, charge: Json | None, amount: int, currency: str) -> Json:
    """Book a transfer on both sides; one tied to a charge becomes available when the charge does."""
    data, transfer_id, payment_id = desk.params, desk.new_id("tr_"), desk.new_id("py_")
    group = data.get("transfer_group") or (
        charge["transfer_group"] or f"group_{charge['payment_intent']}" if charge else None
    )
    transfer = blank(
        "transfer", id=transfer_id, amount=amount, created=desk.now(), currency=currency,
        description=data.get("description"), destination=destination["id"], destination_payment=payment_id,
        metadata=data.get("metadata") or {}, source_transaction=charge["id"] if charge else None,
        source_type=data.get("source_type", "card"), transfer_group=group,
        reversals=envelope(f"/v1/transfers/{transfer_id}/reversals", [], more=False),
    )  # fmt: skip
    when = clears_on(desk, charge)
    transfer["balance_transaction"] = book(desk, "transfer", -amount, transfer, available_on=when)["id"]
    theirs = replace(desk, account=destination["id"])
    payment = blank(
        "charge", id=payment_id, amount=amount, amount_captured=amount, captured=True, created=desk.now(),
        currency=currency, paid=True, source_transfer=transfer_id, status="succeeded", outcome=None, _refund="",
    )  # fmt: skip
    payment["balance_transaction"] = book(theirs, "payment", amount, payment, category="transfer", available_on=when)[
        "id"
    ]
    theirs.save(payment)
    desk.emit("transfer.created", desk.save(transfer))
    return transfer


def retrieve(desk: Desk) -> Json:
    """GET /v1/transfers/{id}."""
    return desk.get("transfer", desk.path["id"])


def index(desk: Desk) -> Json:
    """GET /v1/transfers, by destination and transfer_group."""
    wanted = {name: desk.params[name] for name in ("destination", "transfer_group") if name in desk.params}
    return listed(desk, "/v1/transfers", desk.find("transfer", **wanted))


def update(desk: Desk) -> Json:
    """POST /v1/transfers/{id}: description and metadata."""
    transfer = retrieve(desk)
    if "description" in desk.params:
        transfer["description"] = desk.params["description"]
    if "metadata" in desk.params:
        given = desk.params["metadata"]
        transfer["metadata"] = {k: v for k, v in {**transfer["metadata"], **given}.items() if v != ""} if given else {}
    desk.emit("transfer.updated", desk.save(transfer), {})
    return transfer


def give_back(desk: Desk) -> Json:
    """POST /v1/transfers/{id}/reversals: part or all of a transfer, as far as the connected account can cover it."""
    transfer = retrieve(desk)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = desk.params.get("amount", left)
    if amount <= 0 or amount > left:
        words = (
            f"The reversal amount {money.shown(amount, transfer['currency'])} is not within what the transfer has left"
        )
        raise StripeError(f"{words} ({money.shown(left, transfer['currency'])}).", param="amount")
    theirs = Desk(desk.world, transfer["destination"])
    if available(theirs, transfer["currency"], pending=True) < amount:
        raise StripeError(
            "The connected account does not have enough funds to reverse this transfer.", code="balance_insufficient"
        )
    reversal = blank(
        "transfer_reversal", id=new_id("trr_"), amount=amount, created=desk.now(), currency=transfer["currency"],
        destination_payment_refund=new_id("pyr_"), metadata=desk.params.get("metadata") or {}, transfer=transfer["id"],
    )  # fmt: skip
    when = clears_on(desk, source(desk, transfer))
    entry = book(desk, "transfer_refund", amount, reversal, category="transfer_reversal", available_on=when)
    reversal["balance_transaction"] = entry["id"]
    book(theirs, "payment_refund", -amount, reversal, category="transfer_reversal", available_on=when)
    desk.save(reversal)
    rows = [reversal, *transfer["reversals"]["data"]]
    transfer |= {"amount_reversed": transfer["amount_reversed"] + amount, "reversed": amount == left}
    transfer["reversals"] = envelope(transfer["reversals"]["url"], rows, more=False)
    desk.emit("transfer.reversed", desk.save(transfer), {"amount_reversed": transfer["amount_reversed"] - amount})
    return reversal


def source(desk: Desk, transfer: Json) -> Json | None:
    """Return the charge behind a transfer, or None."""
    return desk.world.state.get("charge", transfer["source_transaction"] or "", account=desk.account)


def reversals(desk: Desk) -> Json:
    """GET /v1/transfers/{id}/reversals."""
    transfer = retrieve(desk)
    return listed(desk, transfer["reversals"]["url"], desk.find("transfer_reversal", transfer=transfer["id"]))


def reversal(desk: Desk) -> Json:
    """GET /v1/transfers/{transfer}/reversals/{id}."""
    return desk.get("transfer_reversal", desk.path["id"])
