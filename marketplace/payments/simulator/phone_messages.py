"""The messages on a phone: prompts that ended, bills paid by hand, money received, money given back."""

from .clock import nairobi
from .daraja.c2b import REJECTIONS
from .daraja.people import spaced
from .state import Json
from .world import World

RECENT = 12
ENDINGS = {
    "0": ("paid", "Paid"),
    "1": ("failed", "Not enough money"),
    "1032": ("failed", "Cancelled"),
    "1037": ("failed", "No answer"),
    "2001": ("failed", "Wrong PIN"),
    "17": ("failed", "Refused: same payment again within 2 minutes"),
}


def messages(world: World, msisdn: str) -> list[dict[str, object]]:
    """Return what the newest messages of one number, or of all, show; newest first."""
    wanted = {"msisdn": msisdn} if msisdn else {}
    shop = world.settings.merchant
    prompts = [doc for doc in world.state.find("stk", **wanted) if doc["state"] == "final" or doc["ignored"]]
    rows = [prompt(doc, shop) for doc in prompts]
    rows += [bill(doc, shop) for kind in ("c2b_payment", "c2b_refused") for doc in world.state.find(kind, **wanted)]
    rows += [received(doc, shop) for doc in world.state.find("mpesa_transaction", kind="b2c", **wanted)]
    rows += [given_back(doc, shop) for doc in world.state.find("mpesa_transaction", kind="reversal", **wanted)]
    rows.sort(key=lambda row: float(row["at"]), reverse=True)
    return [row | {"when": nairobi(row["at"]).strftime("%H:%M:%S")} for row in rows[:RECENT]]


def made(look: str, words: str, line: str, at: float) -> Json:
    """Return one message; slots a template does not name do no harm."""
    return {"look": look, "words": words, "line": line, "at": at}


def prompt(push: Json, shop: str) -> Json:
    """Return the message about a prompt that ended or was ignored."""
    code = push["result_code"]
    look, words = ENDINGS.get(str(code), ("failed", f"{push['result_desc']} ({code})"))
    if code is None:
        look, words = "ignored", "Ignored, will time out"
    if code == "0":
        words = f"{push['receipt']} confirmed"
    return made(look, words, paid_to(push, shop), push["ended"] or push["created"])


def bill(money: Json, shop: str) -> Json:
    """Return the message about a bill paid, or refused by the shop."""
    if money["refused"]:
        words = f"{REJECTIONS.get(money['refused'], 'Not accepted')} ({money['refused']})"
        return made("failed", words, f"Nothing was taken. {paid_to(money, shop)}", money["created"])
    return made("paid", f"{money['receipt']} confirmed", paid_to(money, shop), money["created"])


def paid_to(doc: Json, shop: str) -> str:
    """Say what was paid, or should have been."""
    return f"KES {doc['amount']:,} to {shop}, account {doc['reference']}, from {spaced(doc['msisdn'])}"


def received(doc: Json, shop: str) -> Json:
    """Return the message about a payout."""
    line = f"You have received KES {shillings(doc)} from {shop}, on {spaced(doc['msisdn'])}"
    return made("received", f"{doc['id']} confirmed", f"{line}. {doc['reference']}", doc["at"])


def given_back(doc: Json, shop: str) -> Json:
    """Return the message about a reversal."""
    line = f"KES {shillings(doc)} returned by {shop} to {spaced(doc['msisdn'])}, payment {doc['original']}"
    return made("received", f"{doc['id']} reversed", line, doc["at"])


def shillings(doc: Json) -> str:
    """Write the amount of a transaction, whole shillings."""
    return f"{doc['amount_minor'] // 100:,}"
