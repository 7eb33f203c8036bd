from marketplace.ledger.services.booking import (
    AccountKey,
    Code,
    KeyConflict,
    LedgerError,
    Overdrawn,
    draw,
    post,
    reverse,
)
from marketplace.ledger.services.prove import Result, prove
from marketplace.ledger.services.seal import seal

__all__ = [
    "AccountKey",
    "Code",
    "KeyConflict",
    "LedgerError",
    "Overdrawn",
    "Result",
    "draw",
    "post",
    "prove",
    "reverse",
    "seal",
]
