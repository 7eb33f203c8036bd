"""The past at M-Pesa: money that came, that went back, that was sent."""

from marketplace.payments.simulator.daraja.accounts import account, paid_out, received, undone
from marketplace.payments.simulator.daraja.c2b import world_id
from marketplace.payments.simulator.daraja.outcomes import DESCRIPTIONS
from marketplace.payments.simulator.daraja.push import KINDS, PHONE
from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from . import rows


def known(world: World, row: rows.Row) -> bool:
    """Say whether a receipt is known; if not, it is never given out again from now on."""
    if world.state.get("mpesa_transaction", row.id) is not None:
        return True
    world.state.put("receipt", {"id": row.id})
    return False


def shillings(minor: int) -> int:
    """Return whole shillings: M-Pesa moves nothing finer."""
    if minor % 100:
        raise ValueError(f"{minor} cents are no whole shillings")
    return minor // 100


def came(world: World, row: rows.Prompt | rows.Bill) -> Json:
    """Return what prompts and bills have in common."""
    if not PHONE.fullmatch(row.msisdn):
        raise ValueError(f"{row.msisdn} is no phone: 254712345678")
    shortcode = row.shortcode or world.settings.shortcode
    money = {"shortcode": shortcode, "kind": KINDS[0], "msisdn": row.msisdn, "reference": row.reference}
    return money | {"amount": shillings(row.amount_minor), "receipt": row.id, "created": row.at}


def prompt(world: World, row: rows.Prompt) -> bool:
    """Remember a prompt that was paid. False: it was known."""
    if known(world, row):
        return False
    push = came(world, row) | {"id": row.checkout_request_id, "merchant_request_id": row.merchant_request_id}
    push["created"] = row.at if row.initiated is None else row.initiated
    push |= {"party_b": push["shortcode"], "callback_url": "", "description": "", "state": "final", "outcome": "0"}
    push |= {"deadline": push["created"] + world.tuned("prompt_seconds"), "ignored": False, "result_code": "0"}
    push |= {"result_desc": DESCRIPTIONS["0"], "ended": row.at, "query_code": None, "late": False, "deliveries": None}
    world.state.put("stk", push)
    received(world, "stk", push, at=row.at)
    return True


def bill(world: World, row: rows.Bill) -> bool:
    """Remember what was paid to the paybill by hand."""
    if known(world, row):
        return False
    money = came(world, row) | {"id": world_id(world), "third_party": "", "refused": ""}
    world.state.put("c2b_payment", money)
    received(world, "c2b", money, at=row.at)
    return True


def reversal(world: World, row: rows.Reversal) -> bool:
    """Remember a payment that was given back whole."""
    original = world.state.get("mpesa_transaction", row.original)
    if original is None:
        raise KeyError(row.original)
    if original["reversed_by"] or known(world, row):
        return False
    done = undone(world, original, receipt=row.id, **names(row))
    asked(world, "reversal", row, done)
    return True


def payout(world: World, row: rows.Payout) -> bool:
    """Remember what was sent to a phone, and what that cost."""
    if known(world, row):
        return False
    if not PHONE.fullmatch(row.msisdn):
        raise ValueError(f"{row.msisdn} is no phone: 254712345678")
    shillings(row.amount_minor)
    code = row.shortcode or world.settings.b2c_shortcode
    more = {"msisdn": row.msisdn, "reference": row.reference, **names(row)}
    asked(world, "b2c", row, paid_out(world, code, row.amount_minor, row.fee_minor, receipt=row.id, **more))
    return True


def names(row: rows.Reversal | rows.Payout) -> Json:
    """Return when it was and what it was called."""
    ids = {"originator": row.originator_conversation_id, "conversation": row.conversation_id}
    return {"at": row.at, "initiated": row.at, **ids}


def asked(world: World, api: str, row: rows.Reversal | rows.Payout, done: Json) -> None:
    """Remember the request too: it can be asked about, and the same one again is a duplicate."""
    doc = {"id": row.conversation_id, "ref": row.originator_conversation_id, "api": api, "created": row.at}
    doc |= {"state": "done", "code": "0", "ended": row.at, "outcome": "0", "receipt": row.id}
    doc |= {"msisdn": done["msisdn"], "shortcode": done["shortcode"], "amount": done["amount_minor"] // 100}
    doc |= {"original": done["original"], "result_url": "", "timeout_url": ""}
    world.state.put("initiated", doc)


def open_with(world: World, opening: Json) -> None:
    """Say what short codes held before all that; one that has an account already keeps its own."""
    for shortcode, minor in opening.items():
        if not isinstance(minor, int) or isinstance(minor, bool) or minor < 0:
            raise ValueError("opening is a whole number of cents for each short code")
        if world.state.get("mpesa_account", shortcode) is None:
            began = {"opening_minor": minor, "utility_minor": minor}
            world.state.put("mpesa_account", account(world, shortcode) | began)
