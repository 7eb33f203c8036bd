"""The conclusions a disbursement can come to. Each: one move under the row lock, one line of story, one fact."""

from marketplace.core import clock, outbox
from marketplace.payments.disbursements.alarm import alarm, quiet
from marketplace.payments.disbursements.story import tell
from marketplace.payments.models import Disbursement

Status = Disbursement.Status
SETTLED = ("settled_at", "failure_code", "failure_text")


def accept(disbursement: Disbursement, *, source: str) -> None:
    """The rail has it. No fact: accepted is not paid."""
    _move(disbursement, Status.SENT, source)


def pay(disbursement: Disbursement, *, source: str) -> None:
    """The money has arrived, however late."""
    late = disbursement.status == Status.FAILED
    earlier = disbursement.failure_code
    disbursement.settled_at = clock.now()
    disbursement.failure_code, disbursement.failure_text = "", ""
    _move(disbursement, Status.PAID, source)
    _publish("paid", disbursement)
    if late:
        alarm(disbursement, "disbursement_paid_late", f"It had failed ({earlier}); it was paid all the same.")
    else:
        quiet(disbursement)


def fail(disbursement: Disbursement, code: str, text: str, *, source: str) -> None:
    """The rail said no: nothing left us, or it came back."""
    returned = disbursement.status == Status.PAID
    _because(disbursement, code, text)
    disbursement.settled_at = clock.now()
    _move(disbursement, Status.FAILED, source)
    _publish("failed", disbursement, code=disbursement.failure_code)
    if returned:
        alarm(disbursement, "disbursement_came_back", f"It was paid, and then: {text or code}")
    else:
        quiet(disbursement)


def doubt(disbursement: Disbursement, code: str, *, source: str) -> None:
    """Nobody can say. It is asked about, and never sent again under another name."""
    _because(disbursement, code, "")
    _move(disbursement, Status.UNKNOWN, source)
    _publish("unknown", disbursement, code=disbursement.failure_code)


def cancel(disbursement: Disbursement, *, source: str) -> None:
    disbursement.settled_at = clock.now()
    _move(disbursement, Status.CANCELLED, source)
    quiet(disbursement)


def _because(disbursement: Disbursement, code: str, text: str) -> None:
    disbursement.failure_code, disbursement.failure_text = code[:60], text[:300]


def _move(disbursement: Disbursement, target: str, source: str) -> None:
    before = disbursement.status
    disbursement.move_to(target, also=SETTLED)
    tell(disbursement, source=source, kind="moved", before=before, after=str(target), reason=disbursement.failure_code)


def _publish(news: str, disbursement: Disbursement, **more: str) -> None:
    outbox.publish(
        f"payments.disbursement_{news}", disbursement_id=str(disbursement.pk), key=disbursement.key,
        purpose=disbursement.purpose, **more,
    )  # fmt: skip
