"""What refunds and disputes take of sellers' shares. Each runs in the transaction of who books the entry.

Earnings are locked lowest primary key first, then each seller's accounts, so that refunds, releases and payouts that
meet wait for each other in one order. Lines of one order go together: one by one, two lines of a seller would each be
promised the same balance.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from marketplace.core import outbox
from marketplace.ledger.accounts import AccountKey, Code, of_seller
from marketplace.ledger.services import draw
from marketplace.payouts.errors import NoEarning, OverReturned
from marketplace.payouts.models import Earning

PENDING = (Code.SELLER_PENDING, Code.SELLER_AVAILABLE, Code.SELLER_RESERVE)
RELEASED = (Code.SELLER_AVAILABLE, Code.SELLER_RESERVE)


@dataclass(frozen=True)
class Part:
    """Of one order line, in minor units: the seller's share, and what of our commission and its tax goes with it."""

    line_id: int
    share_minor: int
    fee_minor: int = 0
    commission_tax_minor: int = 0


def take_back(
    *, line_id: int, share_minor: int, fee_minor: int = 0, commission_tax_minor: int = 0
) -> dict[AccountKey, int]:
    """`take_back_lines` for a single line."""
    return take_back_lines([Part(line_id, share_minor, fee_minor, commission_tax_minor)])


def undo_take_back(*, line_id: int, share_minor: int, fee_minor: int = 0, commission_tax_minor: int = 0) -> None:
    """`undo_take_back_lines` for a single line."""
    undo_take_back_lines([Part(line_id, share_minor, fee_minor, commission_tax_minor)])


def take_back_lines(parts: Sequence[Part]) -> dict[AccountKey, int]:
    """Give shares back to buyers. Returns the debit lines, to be posted as they are in one entry.

    Pending shares leave the pending account, released ones the available, then the reserve, then become a debt.
    Raises `OverReturned` when more is asked for than is left, `NoEarning` for a line that earned nothing.
    """

    def change(earning: Earning, part: Part) -> None:
        _check_left(earning, part.share_minor)
        _return(earning, part)

    return _draw(_apply(parts, change))


def undo_take_back_lines(parts: Sequence[Part]) -> None:
    """The refund was undone, and its entry reversed by the caller: the shares are the sellers' again."""

    def change(earning: Earning, part: Part) -> None:
        _return(earning, part, sign=-1)

    _even_out_later(_apply(parts, change))


def hold_disputed_lines(parts: Sequence[Part]) -> dict[AccountKey, int]:
    """A bank took the money back for now. Returns the debit lines; the caller credits the dispute hold with them."""

    def change(earning: Earning, part: Part) -> None:
        _check_left(earning, part.share_minor)
        earning.disputed_minor += part.share_minor

    return _draw(_apply(parts, change))


def end_dispute_lines(parts: Sequence[Part], *, lost: bool) -> None:
    """The bank decided. Lost: the caller debits the dispute hold. Won: the caller reverses the entry that filled it."""

    def change(earning: Earning, part: Part) -> None:
        if part.share_minor > earning.disputed_minor:
            raise OverReturned
        earning.disputed_minor -= part.share_minor
        if lost:
            _return(earning, part)

    applied = _apply(parts, change)
    if not lost:
        _even_out_later(applied)


def hold_disputed(*, line_id: int, share_minor: int) -> dict[AccountKey, int]:
    """`hold_disputed_lines` for a single line."""
    return hold_disputed_lines([Part(line_id, share_minor)])


def end_dispute(
    *, line_id: int, share_minor: int, lost: bool, fee_minor: int = 0, commission_tax_minor: int = 0
) -> None:
    """`end_dispute_lines` for a single line."""
    end_dispute_lines([Part(line_id, share_minor, fee_minor, commission_tax_minor)], lost=lost)


def lock_earnings(line_ids: Sequence[int]) -> list[Earning]:
    """Earnings under their locks, lowest primary key first; those the lines have."""
    rows = Earning.objects.select_for_update(no_key=True).filter(line_id__in=list(line_ids))
    return list(rows.order_by("pk"))


Change = Callable[[Earning, Part], None]
Applied = list[tuple[Earning, Part]]


@transaction.atomic
def _apply(parts: Sequence[Part], change: Change) -> Applied:
    """Change each line's earning under its lock."""
    by_line = {part.line_id: part for part in parts}
    if len(by_line) != len(parts) or any(part.share_minor < 0 for part in parts):
        raise ValueError("each line once, and no negative shares")
    earnings = lock_earnings(list(by_line))
    missing = set(by_line) - {earning.line_id for earning in earnings}
    if any(by_line[line_id].share_minor for line_id in missing):
        raise NoEarning(lines=sorted(missing))
    for earning in earnings:
        change(earning, by_line[earning.line_id])
        earning.save(
            update_fields=[
                "returned_minor", "disputed_minor", "fee_returned_minor", "commission_tax_returned_minor"
            ]
        )  # fmt: skip
    return [(earning, by_line[earning.line_id]) for earning in earnings]


def _check_left(earning: Earning, minor: int) -> None:
    if minor > earning.left_minor:
        raise OverReturned(left=earning.left_minor)


def _return(earning: Earning, part: Part, *, sign: int = 1) -> None:
    earning.returned_minor += sign * part.share_minor
    earning.fee_returned_minor += sign * part.fee_minor
    earning.commission_tax_returned_minor += sign * part.commission_tax_minor
    if min(earning.returned_minor, earning.fee_returned_minor, earning.commission_tax_returned_minor) < 0:
        raise OverReturned


def _draw(applied: Applied) -> dict[AccountKey, int]:
    """Debit lines for the sum of the parts, seller by seller, so that two refunds lock accounts in the same order."""
    sums: dict[tuple[int, str, bool], int] = defaultdict(int)
    for earning, part in applied:
        sums[earning.seller_id, earning.currency, earning.status == Earning.Status.RELEASED] += part.share_minor
    lines: dict[AccountKey, int] = defaultdict(int)
    for (seller_id, currency, released), minor in sorted(sums.items()):
        owner = of_seller(Code.SELLER_AVAILABLE, seller_id).owner
        codes = RELEASED if released else PENDING
        drawn = draw(owner=owner, currency=currency, minor=minor, codes=codes, overflow=Code.SELLER_RECEIVABLE)
        for key, taken in drawn.items():
            lines[key] += taken
    return dict(lines)


def _even_out_later(applied: Applied) -> None:
    """Reversed postings went back to where the money was then; since then the share may have moved on."""
    for seller_id, currency in sorted({(earning.seller_id, earning.currency) for earning, _ in applied}):
        outbox.publish("payouts.shares_returned", seller_id=seller_id, currency=currency)
