from django.db import transaction

from marketplace.commerce.carts import open_cart
from marketplace.commerce.models import CartLine
from marketplace.commerce.prices import rates_on, unit_of


def accept_prices(*, token: str | None) -> None:
    """The buyer has seen what things cost now; a chosen amount is raised to a floor that rose above it."""
    with transaction.atomic():
        opened = open_cart(token)
        if opened is None:
            return
        rates = rates_on()
        for line in opened.lines:
            if line.chosen_minor is not None:
                line.chosen_minor = line.base_minor
            line.unit_minor = unit_of(line.offer, rates, base=line.base_minor).all_in
        CartLine.objects.bulk_update(opened.lines, ["chosen_minor", "unit_minor"])
