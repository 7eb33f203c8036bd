"""Reading what browsers send. Everything that makes no sense becomes a refusal with words."""

import re

from django.http import QueryDict
from django.utils.translation import gettext as _

from marketplace.commerce.errors import QuantityInvalid
from marketplace.commerce.services.add_to_cart import Wish
from marketplace.core.errors import BadInput

MANY = 1000
"""Larger than any limit of ours, small enough to be a number people mean."""
KEYED = re.compile(r"quantity-([0-9]{1,18})", re.ASCII)
WISHES = 40


def quantity(text: str | None) -> int:
    """A whole number from 0 to 1000. Raises `QuantityInvalid`."""
    typed = (text or "").strip()
    if not re.fullmatch(r"[0-9]{1,18}", typed, re.ASCII):
        said = _("“%(typed)s” is not a number. Write the quantity like 2.") % {"typed": typed[:20]}
        raise QuantityInvalid(said if typed else None)
    if int(typed) > MANY:
        raise QuantityInvalid(_("That is too many for one order."))
    return int(typed)


def wishes(data: QueryDict) -> list[Wish]:
    """What a picker sent: `quantity-<offer id>` for each row, or one `offer` with its `quantity` (1 when not said).

    `amount-<offer id>` (or `amount`) is what a buyer chose to pay. Rows with 0 are passed over. Raises
    `QuantityInvalid` when nothing is left, `BadInput` when it is not a picker's data at all.
    """
    asked = {int(match[1]): str(data[key]) for key in data if (match := KEYED.fullmatch(key))}
    if "offer" in data:
        asked[_offer_id(str(data["offer"]))] = data.get("quantity", "1")
    if not asked or len(asked) > WISHES:
        raise BadInput(_("We could not tell what you want to buy."))
    found = [Wish(pk, quantity(text or "0"), _amount(data, pk)) for pk, text in asked.items()]
    wanted = [wish for wish in found if wish.quantity]
    if not wanted:
        raise QuantityInvalid(_("Choose how many you want."))
    return wanted


def offer_ids(data: QueryDict) -> list[int]:
    """The offers a picker's data is about, as far as it can be read."""
    found = [int(match[1]) for key in data if (match := KEYED.fullmatch(key))]
    if re.fullmatch(r"[0-9]{1,18}", data.get("offer", ""), re.ASCII):
        found.append(int(str(data["offer"])))
    return found[:WISHES]


def _offer_id(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text, re.ASCII):
        raise BadInput(_("We could not tell what you want to buy."))
    return int(text)


def _amount(data: QueryDict, offer_id: int) -> str:
    return data.get(f"amount-{offer_id}", data.get("amount", ""))[:40]
