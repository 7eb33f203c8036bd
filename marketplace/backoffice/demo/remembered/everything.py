"""Everything both providers should know, as one file."""

import json
import os
from pathlib import Path
from typing import Any

from marketplace.backoffice.demo.remembered import cards, phones


def everything() -> dict[str, Any]:
    """The past in the simulator's words."""
    prompted, sent, owners = phones.prompts(), phones.payouts(), cards.accounts()
    came = [*prompted, *phones.bills({row["id"] for row in prompted})]
    back = phones.reversals({row["id"] for row in came})
    return {
        "payments": [*cards.payments(), *came, *phones.strangers()], "refunds": cards.refunds(),
        "disputes": cards.disputes(), "accounts": owners, "transfers": cards.transfers({row["id"] for row in owners}),
        "reversals": back, "payouts": sent, "opening": phones.opening(came, back, sent),
    }  # fmt: skip


def tell(file: Path) -> Path:
    """Write it where the simulator will read it. It names phones: nobody else may."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(everything(), out)
    return file
