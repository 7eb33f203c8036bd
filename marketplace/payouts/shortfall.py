"""What sellers would owe us if shares were given back: a reading, for previews; nothing is locked."""

from collections.abc import Mapping

from marketplace.ledger import selectors as ledger
from marketplace.ledger.accounts import Code, of_seller
from marketplace.payouts.models import Earning


def shortfall(currency: str, shares: Mapping[int, int]) -> int:
    """Minor units by which sellers' balances do not bear `shares` (line id -> minor units of the share).

    The rule of `take_back_lines`: what is pending comes from the pending account first, the rest from what is
    available, then from the reserve, and what remains is a debt.
    """
    sums: dict[int, list[int]] = {}
    rows = Earning.objects.filter(line_id__in=list(shares), currency=currency)
    for seller_id, status, line_id in rows.values_list("seller_id", "status", "line_id"):
        of_one = sums.setdefault(seller_id, [0, 0])
        of_one[status == Earning.Status.RELEASED] += shares[line_id]
    return sum(_of_seller(seller_id, currency, *of_one) for seller_id, of_one in sums.items())


def _of_seller(seller_id: int, currency: str, pending: int, released: int) -> int:
    balances = ledger.balances_of(of_seller(Code.SELLER_PENDING, seller_id).owner)

    def lies(*codes: Code) -> int:
        return sum(max(0, -balances.get((currency, str(code)), 0)) for code in codes)

    rest = max(0, pending - lies(Code.SELLER_PENDING)) + released
    return max(0, rest - lies(Code.SELLER_AVAILABLE, Code.SELLER_RESERVE))
