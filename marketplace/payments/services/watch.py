"""What a person should hear of although nothing has failed outright: silence, waiting, piling up."""

import datetime as dt
from collections.abc import Callable, Iterator

from django.utils import timezone

from marketplace.core import clock
from marketplace.core.models import OutboxEvent
from marketplace.notifications.services import clear_alert, raise_alert
from marketplace.payments import conf
from marketplace.payments.disbursements.plan import LIVE
from marketplace.payments.models import Disbursement, Dispute, InboxMessage, Payment, Refund
from marketplace.payments.providers import provider

Finding = tuple[str, str, str]
"""Key, subject, text; the subject is empty while all is well."""
Check = Callable[[], Iterator[Finding]]


def watch() -> int:
    """Raise an alert for what is wrong and clear it once it is right again. Returns how many are wrong."""
    wrong = 0
    for check in CHECKS:
        for key, subject, text in check():
            if subject:
                wrong += 1
                raise_alert(code=key.partition(":")[0], key=key, subject=subject, text=text)
            else:
                clear_alert(key=key)
    return wrong


def _before(minutes: int) -> dt.datetime:
    return clock.now() - dt.timedelta(minutes=minutes)


def webhooks_silent() -> Iterator[Finding]:
    """Payments of a provider come true, and it tells us of none: its messages do not arrive."""
    bounds = conf.watch()
    since = _before(bounds.silent_minutes)
    for slug in conf.provider_paths():
        paid = Payment.objects.filter(
            provider=slug,
            status=Payment.Status.SUCCEEDED,
            settled_at__gte=since,
            created_at__gte=since - dt.timedelta(days=1),
        ).count()
        told = InboxMessage.objects.filter(provider=slug, received_at__gte=since).exists()
        silent = paid >= bounds.silent_payments and not told
        name = provider(slug).label
        subject = f"{name}: no message for {bounds.silent_minutes} minutes" if silent else ""
        yield (
            f"webhooks_silent:{slug}",
            subject,
            (
                f"{paid} payments were found paid by asking, and {name} told us of none. Look at the address it calls,"
                " the signing secret and the allowed network addresses."
            ),
        )


def payments_stuck() -> Iterator[Finding]:
    """Past its deadline a payment ends or goes to review within minutes: nobody looks after one that waits on."""
    minutes = conf.watch().stuck_minutes
    stuck = Payment.objects.filter(status__in=Payment.LIVE, deadline__lt=_before(minutes)).count()
    subject = f"{stuck} payments wait long past their deadline" if stuck else ""
    yield "payments_stuck", subject, f"More than {minutes} minutes. Is the worker running, do the providers answer?"


def inbox_backlog() -> Iterator[Finding]:
    minutes = conf.watch().backlog_minutes
    waiting = InboxMessage.objects.filter(status=InboxMessage.Status.WAITING, due_at__lt=_before(minutes)).count()
    subject = f"{waiting} provider messages wait to be processed" if waiting else ""
    yield "inbox_backlog", subject, f"Due for more than {minutes} minutes. Is the worker running?"


def outbox_backlog() -> Iterator[Finding]:
    """Facts wait for their handlers: due for long, or failing again and again."""
    minutes = conf.watch().backlog_minutes
    waiting = OutboxEvent.objects.filter(delivered_at=None)
    late = waiting.filter(due_at__lt=_before(minutes)).count() + waiting.filter(attempts__gte=5).count()
    subject = _counted(late, "1 fact has not arrived", "{n} facts have not arrived")
    yield "outbox_backlog", subject, "See 'News between rooms' in the admin: each row says why, and can be sent again."


def refunds_waiting() -> Iterator[Finding]:
    """A failed refund is still owed; one that nobody can tell about for long needs a person as well."""
    bounds = conf.watch()
    failed = Refund.objects.filter(status=Refund.Status.FAILED, created_at__lt=_before(bounds.refund_failed_minutes))
    unsure = Refund.objects.filter(
        status__in=(Refund.Status.CREATED, Refund.Status.SENT, Refund.Status.UNKNOWN),
        created_at__lt=_before(bounds.refund_unsure_minutes),
    )  # fmt: skip
    failed_words = ("1 refund failed", "{n} refunds failed")
    unsure_words = ("1 refund has no outcome", "{n} refunds have no outcome")
    for key, rows, words in (("refunds_failed", failed, failed_words), ("refunds_unsure", unsure, unsure_words)):
        subject = _counted(rows.count(), *words)
        yield (
            key,
            subject,
            "The money is still owed to buyers. See Refunds in the admin: try again, or give it back by hand.",
        )


def transfers_unsure() -> Iterator[Finding]:
    bounds = conf.watch()
    bank = Disbursement.Rail.BANK_FILE
    live = Disbursement.objects.filter(status__in=LIVE, created_at__lt=_before(bounds.refund_unsure_minutes))
    count = live.exclude(rail=bank, status=Disbursement.Status.SENT).count()
    subject = _counted(count, "1 transfer has no outcome", "{n} transfers have no outcome")
    yield "transfers_unsure", subject, "Nobody can say whether the money arrived. Nothing is sent twice; ask the rail."

    day = timezone.localdate(clock.now()) - dt.timedelta(days=bounds.bank_silent_days)
    silent = live.filter(rail=bank, status=Disbursement.Status.SENT, bank_file__execute_on__lt=day).count()
    subject = _counted(silent, "1 line of a bank file has no outcome", "{n} lines of bank files have no outcome")
    yield (
        "bank_lines_silent",
        subject,
        "The bank should have paid them days ago, and their sellers get nothing more until it has said so. Read its"
        " report in Bank files, or settle each payout by hand.",
    )


def evidence_due() -> Iterator[Finding]:
    soon = clock.now() + dt.timedelta(hours=conf.watch().evidence_hours)
    count = Dispute.objects.filter(
        status=Dispute.Status.NEEDS_RESPONSE, evidence_sent_at=None, evidence_due_at__lt=soon
    ).count()
    subject = _counted(count, "1 dispute must be answered soon", "{n} disputes must be answered soon")
    yield "evidence_due", subject, "Without an answer the bank decides for the payer. See Disputes in the admin."


def _counted(count: int, one: str, many: str) -> str:
    return (one if count == 1 else many.format(n=count)) if count else ""


CHECKS: tuple[Check, ...] = (
    webhooks_silent, payments_stuck, inbox_backlog, outbox_backlog, refunds_waiting, transfers_unsure, evidence_due
)  # fmt: skip
