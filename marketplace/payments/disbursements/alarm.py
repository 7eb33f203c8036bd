"""Tell people about a disbursement that only they can look after."""

from marketplace.notifications.services import clear_alert, raise_alert
from marketplace.payments.models import Disbursement

STUCK = "disbursement_stuck"


def alarm(disbursement: Disbursement, code: str, text: str) -> None:
    """Once per disbursement and code while it is open. Names no person and no number."""
    subject = f"{disbursement.get_rail_display()}: {disbursement.reference}, {disbursement.amount}"
    raise_alert(code=code, subject=subject, text=f"{disbursement.key}: {text}", key=_key(disbursement, code))


def quiet(disbursement: Disbursement) -> None:
    """It has an outcome: nobody need wait for one any more."""
    clear_alert(key=_key(disbursement, STUCK))


def _key(disbursement: Disbursement, code: str) -> str:
    return f"disbursement:{disbursement.pk}:{code}"
