"""The entries of a bank's dispute. Whoever calls holds the locks of order and payment."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from marketplace.commerce import conf
from marketplace.commerce.models import OrderDispute, OrderLine
from marketplace.commerce.refunds import bookings
from marketplace.commerce.refunds.amounts import Parts
from marketplace.core.money import share
from marketplace.ledger.accounts import AccountKey, Code, clearing, of_seller
from marketplace.ledger.selectors import entry as find_entry
from marketplace.ledger.services import draw, post, reverse

if TYPE_CHECKING:
    from marketplace.ledger.models import Entry

DISPUTED = AccountKey(Code.DISPUTED_FUNDS)
Lines = Mapping[AccountKey, int]


def key(case: OrderDispute, what: str) -> str:
    """`dispute:<the provider's name>:lost`; of a second opening another."""
    again = f":{case.openings}" if case.openings > 1 else ""
    return f"dispute:{case.dispute.external_id}:{what}{again}"


def book_opened(case: OrderDispute, lines: Sequence[OrderLine], parts: Mapping[int, Parts], drawn: Lines) -> None:
    """The provider's money is with the bank, and the sellers' shares of it on hold."""
    cash = clearing(case.dispute.payment.provider)
    taken = {DISPUTED: case.amount_minor, cash: -case.amount_minor}
    _post(case, "opened", "dispute_opened", bookings.together(taken, drawn, _held(lines, parts, -1)))


def book_won(case: OrderDispute) -> None:
    """The entry that held it is taken back as it was: each account has again what it had."""
    opened = find_entry(key(case, "opened"))
    if opened is not None:
        reverse(entry=opened, key=key(case, "won"))


def book_let_go(case: OrderDispute, lines: Sequence[OrderLine], parts: Mapping[int, Parts]) -> None:
    """Held and not lost after all: back to the sellers. The room of their money moves it to where their sales are."""
    back = {of_seller(Code.SELLER_PENDING, line.seller_id): 0 for line in lines}
    for line in lines:
        back[of_seller(Code.SELLER_PENDING, line.seller_id)] -= parts[line.pk].share if line.pk in parts else 0
    if any(back.values()):
        _post(case, "let-go", "dispute_won", bookings.together(_held(lines, parts, 1), back))


def book_lost(
    case: OrderDispute, lines: Sequence[OrderLine], parts: Mapping[int, Parts], *, cover: int, exchange: int,
    nobodys: int,
) -> None:  # fmt: skip
    """What everybody had of the sale is gone. `cover`: how much of the disputed funds this accounts for.

    `exchange`: more than was ever paid, by another rate. `nobodys`: was set aside as unallocated. The rest was given
    back before, so it is given twice, and ours to lose.
    """
    twice = cover - sum(part.total for part in parts.values()) - exchange - nobodys
    rest = {
        AccountKey(Code.FX_RESULT): exchange,
        AccountKey(Code.UNALLOCATED): nobodys,
        AccountKey(Code.CHARGEBACK_LOSS): twice,
        DISPUTED: -cover,
    }
    if cover:
        others = bookings.borne_by_others(lines, parts)
        _post(case, "lost", "dispute_lost", bookings.together(_held(lines, parts, 1), others, rest))


def book_fee(case: OrderDispute) -> bool:
    """What the provider charges for it: ours at first. It may change, and be given back. True when something moved."""
    fee, dispute = case.dispute.fee_minor, case.dispute
    if fee == case.fee_minor:
        return False
    before = find_entry(_fee_key(case)) if case.fee_minor else None
    if before is not None:
        reverse(entry=before, key=f"{_fee_key(case)}:back")
    case.fee_minor, case.fee_bookings = fee, case.fee_bookings + 1
    if fee:
        post(
            key=_fee_key(case), kind="dispute_fee", currency=dispute.payment.currency, reference=case.order.code,
            lines={AccountKey(Code.PROVIDER_FEES): fee, clearing(dispute.payment.provider): -fee},
        )  # fmt: skip
    return True


def recharge_fee(case: OrderDispute, lines: Sequence[OrderLine], parts: Mapping[int, Parts]) -> None:
    """A lost dispute's fee, from the sellers in proportion to what was lost; what they do not have they owe."""
    lost = {line.seller_id: 0 for line in lines}
    for line in lines:
        lost[line.seller_id] += parts[line.pk].total if line.pk in parts else 0
    sellers = sorted(seller_id for seller_id, minor in lost.items() if minor)
    if not (conf.dispute_fees_recharged() and case.fee_minor and sellers):
        return
    fees = share(case.fee_minor, [lost[seller_id] for seller_id in sellers])
    drawn = [_from(case, seller_id, fee) for seller_id, fee in zip(sellers, fees, strict=True)]
    income = {AccountKey(Code.RECHARGED_FEES): -case.fee_minor}
    _post(case, "recharged", "fee_recharged", bookings.together(*drawn, income))


def unbook(case: OrderDispute, what: str) -> None:
    """Take an entry of the case back, if there is one."""
    found = find_entry(key(case, what))
    if found is not None:
        reverse(entry=found, key=f"{key(case, what)}:back")


def lost_entry(case: OrderDispute) -> "Entry | None":
    return find_entry(key(case, "lost"))


def _from(case: OrderDispute, seller_id: int, minor: int) -> Lines:
    available = of_seller(Code.SELLER_AVAILABLE, seller_id)
    return draw(
        owner=available.owner, currency=case.dispute.payment.currency, minor=minor, codes=[available.code],
        overflow=Code.SELLER_RECEIVABLE,
    )  # fmt: skip


def _held(lines: Sequence[OrderLine], parts: Mapping[int, Parts], sign: int) -> Lines:
    own = [line for line in lines if line.pk in parts]
    return bookings.together(
        *({of_seller(Code.SELLER_DISPUTE_HOLD, line.seller_id): sign * parts[line.pk].share} for line in own)
    )


def _fee_key(case: OrderDispute) -> str:
    return f"dispute:{case.dispute.external_id}:fee:{case.fee_bookings}"


def _post(case: OrderDispute, what: str, kind: str, lines: Lines) -> None:
    if lines:
        post(
            key=key(case, what), kind=kind, currency=case.dispute.payment.currency, reference=case.order.code,
            lines=lines,
        )  # fmt: skip
