"""M-Pesa's answers about our own accounts."""

from marketplace.payments import conf, inbox
from marketplace.payments.inbox import Conclusion, done, ignored
from marketplace.payments.models import InboxMessage
from marketplace.payments.providers.mpesa import balance
from marketplace.payments.providers.mpesa.results import read_result
from marketplace.payments.services.watch_float import record_balances

SUBJECT = "balance:"


@inbox.behind(balance.DOOR)
def shortcode_behind(token: str) -> str:
    keys = conf.mpesa()
    found = [code for code in (keys.b2c_shortcode, keys.shortcode) if code and balance.token(code) == token]
    return f"{SUBJECT}{found[0]}" if found else ""


@inbox.thinks_about("mpesa", "balance.timeout")
def about_queue(_: InboxMessage) -> Conclusion:
    return ignored("asked again later")


@inbox.thinks_about("mpesa", "balance.result")
def about_balance(message: InboxMessage) -> Conclusion:
    result = read_result(message.body.encode())
    if result.code != "0":
        return ignored(f"not told: {result.code}")
    found = balance.read(result)
    record_balances(shortcode=message.about.removeprefix(SUBJECT), balances=found, at=message.received_at)
    return done(f"{len(found)} accounts")
