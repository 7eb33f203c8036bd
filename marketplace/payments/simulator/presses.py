"""Press a person's buttons by script: the phone's and the card page's."""

from .daraja import c2b, stk
from .daraja.push import PHONE
from .state import Json
from .stripe import checkout
from .stripe.desk import Desk
from .stripe.page_form import digits
from .stripe.sessions import expired
from .world import World

NUMBERS = {"pay": "4242424242424242", "decline": "4000000000000002", "challenge": "4000002500003155"}


def press_phone(world: World, order: Json) -> Json:
    """Press a button of a prompt, named by its id or the newest one of a number."""
    push_id = order["checkout_request_id"]
    if not push_id:
        waiting = world.state.find("stk", msisdn=str(order["msisdn"]).lstrip("+"), state="pending")
        if not waiting:
            raise KeyError(f"no prompt waits on {order['msisdn'] or 'the phone'}")
        push_id = waiting[-1]["id"]
    push = stk.press(world, push_id, order["press"])
    return {"checkout_request_id": push_id, "result_code": push["result_code"], "receipt": push["receipt"]}


async def press_paybill(world: World, order: Json) -> Json:
    """Pay to the paybill as a person does on the phone: the site validates, then is told."""
    money = await pay_paybill(
        world, **{name: str(order[name]) for name in ("msisdn", "amount", "account", "shortcode")}
    )
    return {"receipt": "" if money["refused"] else money["receipt"], "refused": money["refused"]}


async def pay_paybill(world: World, *, msisdn: str, amount: str, account: str, shortcode: str) -> Json:
    """Check what a person has typed and pay; ValueError says what is wrong, in words for that person."""
    msisdn, code = msisdn.strip().replace(" ", "").lstrip("+"), shortcode.strip() or world.settings.shortcode
    if not PHONE.fullmatch(msisdn):
        raise ValueError("Type the phone's number as 254712345678.")
    if code != world.settings.shortcode and world.state.get("c2b", code) is None:
        raise ValueError(f"There is no business {code}.")
    if not c2b.is_amount(amount.strip()):
        raise ValueError("The amount is whole shillings from 1 to 250,000.")
    if not account.strip():
        raise ValueError("Type the account number the shop has given you.")
    return await c2b.pay(world, shortcode=code, amount=int(amount), msisdn=msisdn, reference=account.strip())


def press_card(world: World, order: Json) -> Json:
    """Pay an open session, have it declined, or answer its challenge (`complete`, `fail`), without the page."""
    session = world.state.get("checkout.session", order["session"])
    if session is None:
        raise KeyError(order["session"])
    if session["status"] != "open":
        raise ValueError(f"the session is {session['status']}")
    desk = Desk(world, world.state.account_of("checkout.session", session["id"]))
    press = order["press"]
    if press == "expire":
        return {"result": expired(desk, session)["status"]}
    if press in ("complete", "fail"):
        intent = desk.get("payment_intent", session["payment_intent"] or "none")
        if intent["status"] != "requires_action":
            raise ValueError("no challenge waits")
        return {"result": checkout.answer_challenge(desk, intent, passed=press == "complete")}
    number = digits(str(order["number"])) or NUMBERS.get(press, "")
    if not number:
        raise ValueError("press is pay, decline, challenge, complete, fail or expire")
    return {"result": checkout.pay_session(desk, session, number, {"email": order["email"], "name": order["name"]})}
