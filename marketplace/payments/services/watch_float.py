import datetime as dt
import logging

from django.db import transaction

from marketplace.core.money import Money
from marketplace.notifications.services import clear_alert, raise_alert
from marketplace.payments import conf
from marketplace.payments.models import ProviderBalance
from marketplace.payments.providers.base import Refused, Silent
from marketplace.payments.providers.mpesa import balance

logger = logging.getLogger(__name__)
LOW = "float_low"


def ask_balances() -> int:
    """Ask M-Pesa what lies on our short codes; the answers are messages. Returns how many questions were accepted."""
    keys = conf.mpesa()
    if not (keys.initiator and keys.initiator_password and keys.certificate):
        return 0
    return sum(_ask(shortcode) for shortcode in sorted({keys.shortcode, keys.b2c_shortcode} - {""}))


def _ask(shortcode: str) -> int:
    try:
        balance.ask(shortcode)
    except (Refused, Silent) as error:
        logger.warning("the balance of %s could not be asked for: %s", shortcode, error)
        return 0
    return 1


@transaction.atomic
def record_balances(*, shortcode: str, balances: list[balance.Balance], at: dt.datetime) -> None:
    """Keep what M-Pesa said, and put a low float before a person: payouts and refunds stop when it is empty."""
    ProviderBalance.objects.bulk_create(
        ProviderBalance(
            provider="mpesa", account=found.account, shortcode=shortcode, currency=found.available.currency,
            current_minor=found.current.minor, available_minor=found.available.minor, at=at,
        )
        for found in balances
    )  # fmt: skip
    keys = conf.mpesa()
    for found in balances:
        if shortcode == keys.b2c_shortcode and found.account == balance.SENDS_FROM and keys.float_low_minor:
            _judge(found.available, Money(keys.float_low_minor, "KES"))


def _judge(available: Money, least: Money) -> None:
    if available.minor >= least.minor:
        clear_alert(key=LOW)
        return
    raise_alert(
        code=LOW, key=LOW, subject=f"M-Pesa float: {available} left",
        text=f"{available} can be sent, less than {least}. Move money to the utility account of the short code.",
    )  # fmt: skip
