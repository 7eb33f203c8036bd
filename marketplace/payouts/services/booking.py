"""The entries of one payout: out of the available account, to whom we paid it, or back."""

from marketplace.ledger import selectors as ledger
from marketplace.ledger.accounts import AccountKey, Code, of_seller
from marketplace.ledger.services import draw, post, reverse
from marketplace.payments.rails import cash_account
from marketplace.payouts import conf
from marketplace.payouts.models import Payout


def book_out(payout: Payout, *, whatever_there_is: bool = False) -> None:
    """The gross leaves the available account: in transit, withheld, and our fee. Raises `Overdrawn`.

    `whatever_there_is`: the money left already, so what is missing is the seller's debt.
    """
    payout.bookings += 1
    overflow = Code.SELLER_RECEIVABLE if whatever_there_is else None
    available = of_seller(Code.SELLER_AVAILABLE, payout.seller_id)
    lines = draw(
        owner=available.owner, currency=payout.currency, minor=payout.gross_minor, codes=[available.code],
        overflow=overflow,
    )  # fmt: skip
    lines |= {
        of_seller(Code.PAYOUT_IN_TRANSIT, payout.seller_id): -payout.net_minor,
        AccountKey(Code.WITHHOLDING_PAYABLE, f"tax:{conf.platform_country()}"): -payout.withholding_minor,
        AccountKey(Code.RECHARGED_FEES): -payout.fee_minor,
    }
    _post(payout, "out", "payout", lines)
    payout.save(update_fields=["bookings"])


def book_settled(payout: Payout) -> None:
    """The rail paid it."""
    lines = {
        of_seller(Code.PAYOUT_IN_TRANSIT, payout.seller_id): payout.net_minor,
        cash_account(payout.destination.rail): -payout.net_minor,
    }
    _post(payout, "settled", "payout_settled", lines)


def book_back(payout: Payout) -> None:
    """It did not arrive, or came back: the exact reversal of whatever was booked since it was last booked out."""
    for what in ("settled", "out"):
        entry = ledger.entry(_key(payout, what))
        if entry is not None:
            reverse(entry=entry, key=f"{_key(payout, what)}:back")


def _post(payout: Payout, what: str, kind: str, lines: dict[AccountKey, int]) -> None:
    post(
        key=_key(payout, what),
        kind=kind,
        currency=payout.currency,
        lines={account: minor for account, minor in lines.items() if minor},
        reference=payout.code,
        memo=payout.code,
    )


def _key(payout: Payout, what: str) -> str:
    """`payout:<code>:out`; a second booking, after failed and paid after all, is another."""
    again = f":{payout.bookings}" if payout.bookings > 1 else ""
    return f"payout:{payout.code}:{what}{again}"
