"""What lies on a seller's accounts, under their locks; and moves between them that no single sale asks for."""

from marketplace.core.ids import opaque_id
from marketplace.ledger.accounts import AccountKey, Code, of_seller
from marketplace.ledger.services import draw, post

LOCKED = (Code.SELLER_PENDING, Code.SELLER_AVAILABLE, Code.SELLER_RESERVE)
EVERYTHING = 2**62


def locked_balances(*, seller_id: int, currency: str) -> dict[Code, int]:
    """Minor units in the seller's favor, pending, available and reserve, locked until the end of the transaction."""
    owner = of_seller(Code.SELLER_PENDING, seller_id).owner
    drawn = draw(owner=owner, currency=currency, minor=EVERYTHING, codes=LOCKED, overflow=Code.SELLER_RECEIVABLE)
    return {code: drawn.get(AccountKey(code, owner), 0) for code in LOCKED}


def move(*, seller_id: int, currency: str, kind: str, minor: int, debit: Code, credit: Code, memo: str) -> int:
    """Book `minor` units from one of a seller's accounts to another. The caller holds the locks and has just looked.

    The key is new each time: what makes a repeat harmless is that after the first there is nothing left to move.
    """
    if minor <= 0:
        return 0
    post(
        key=f"seller:{seller_id}:{kind}:{opaque_id()}",
        kind=kind,
        currency=currency,
        lines={of_seller(debit, seller_id): minor, of_seller(credit, seller_id): -minor},
        memo=memo,
    )
    return minor
