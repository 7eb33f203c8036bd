"""What a person should know about money paid by hand: one open alert per receipt, and that of its present state."""

from marketplace.notifications.services import clear_alert, raise_alert
from marketplace.payments.models import PaybillReceipt


def alarm(row: PaybillReceipt, code: str, subject: str, text: str) -> None:
    """Put it before a person, in place of what was said of it before. Names no person and no number."""
    quiet(row)
    raise_alert(code=code, key=_key(row), subject=f"{subject}: {row.amount}", text=f"Receipt {row.receipt}{text}")


def quiet(row: PaybillReceipt) -> None:
    """Nothing about it waits for a person any more."""
    clear_alert(key=_key(row))


def _key(row: PaybillReceipt) -> str:
    return f"paybill:{row.receipt}"
