"""How paying is going, in numbers over time: a bounded number of aggregates over indexed times, whatever the volume."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Avg, Count, DurationField, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDay, TruncMonth, TruncWeek
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core import clock
from marketplace.payments import conf
from marketplace.payments.models import Assessment, InboxMessage, Payment, PaymentClient, ProviderCall, Refund

Status = Payment.Status
TRUNC = {"day": TruncDay, "week": TruncWeek, "month": TruncMonth}
BACK = {"day": 30, "week": 26, "month": 12}
"""How many of them one page shows."""
SUSPICIOUS = 5
"""Failed attempts from one network address within the time shown."""
LEFT = Q(status__in=(Status.FAILED, Status.EXPIRED))


@dataclass(frozen=True)
class Step:
    """One day, week or month. `middle`: median time from the start of an attempt to its success."""

    start: dt.date
    attempts: int = 0
    paid: int = 0
    failed: int = 0
    middle: dt.timedelta | None = None

    @property
    def rate(self) -> int | None:
        """Percent of the attempts that have ended; None while none has."""
        ended = self.paid + self.failed
        return round(100 * self.paid / ended) if ended else None


@dataclass(frozen=True)
class OfProvider:
    """One provider over the whole time shown."""

    slug: str
    steps: list[Step]
    total: Step
    messages: int = 0
    quarantined: int = 0
    repeated: int = 0
    """Deliveries beyond the first: the provider sent the same again."""
    lag: dt.timedelta | None = None
    """Mean time from a message's arrival to its processing."""
    worst_lag: dt.timedelta | None = None
    told: int | None = None
    """Percent of paid attempts that the provider told us of; the others were found by asking."""


@dataclass(frozen=True)
class Figures:
    by: str
    since: dt.datetime
    providers: list[OfProvider]
    reasons: list[dict[str, Any]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    addresses: list[dict[str, Any]] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    doubtful: int = 0
    held: int = 0


def figures(*, by: str = "day", provider: str = "") -> Figures:
    """`by`: day, week or month; `provider`: a slug, or empty for all. About ten queries."""
    by = by if by in TRUNC else "day"
    since = first_moment(by)
    slugs = [slug for slug in conf.provider_paths() if provider in ("", slug)]
    payments = Payment.objects.filter(created_at__gte=since, provider__in=slugs)
    doubts = Assessment.objects.filter(created_at__gte=since, payment__provider__in=slugs, score__gt=0)
    judged = doubts.aggregate(doubtful=Count("pk"), held=Count("pk", filter=Q(holds=True)))
    return Figures(
        by=by, since=since, providers=_providers(payments, by, since, slugs), reasons=_reasons(payments),
        calls=_calls(since, slugs), addresses=_addresses(since, slugs), refunds=_refunds(since, slugs), **judged,
    )  # fmt: skip


def first_moment(by: str) -> dt.datetime:
    """Midnight at which the oldest step shown begins, where the marketplace is at home."""
    today = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    return _back(today, by, BACK[by] - 1)


def _back(today: dt.datetime, by: str, count: int) -> dt.datetime:
    if by == "day":
        return today - dt.timedelta(days=count)
    if by == "week":
        return today - dt.timedelta(days=today.weekday(), weeks=count)
    months = today.year * 12 + today.month - 1 - count
    return today.replace(year=months // 12, month=months % 12 + 1, day=1)


def starts(by: str) -> list[dt.date]:
    """Every step shown, oldest first, those without payments included."""
    today = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    return [_back(today, by, count).date() for count in range(BACK[by] - 1, -1, -1)]


def _providers(payments: QuerySet[Payment], by: str, since: dt.datetime, slugs: list[str]) -> list[OfProvider]:
    counted = _counted(payments, by)
    middles, totals = medians(payments, by), medians(payments, "")
    told, inbox = _told(payments), _inbox(since, slugs)
    found = []
    for slug in slugs:
        steps = [
            Step(start, *counted.get((slug, start), (0, 0, 0)), middles.get((slug, start))) for start in starts(by)
        ]
        total = Step(
            steps[0].start, sum(step.attempts for step in steps), sum(step.paid for step in steps),
            sum(step.failed for step in steps), totals.get((slug, None)),
        )  # fmt: skip
        found.append(OfProvider(slug, steps, total, told=told.get(slug), **inbox.get(slug, {})))
    return found


def _counted(payments: QuerySet[Payment], by: str) -> dict[tuple[str, dt.date], tuple[int, int, int]]:
    rows = (
        payments.annotate(start=TRUNC[by]("created_at"))
        .values("provider", "start")
        .annotate(
            attempts=Count("pk"), paid=Count("pk", filter=Q(status=Status.SUCCEEDED)), failed=Count("pk", filter=LEFT)
        )
        .order_by()
    )
    return {
        (row["provider"], timezone.localtime(row["start"]).date()): (row["attempts"], row["paid"], row["failed"])
        for row in rows
    }


def medians(payments: QuerySet[Payment], by: str) -> dict[tuple[str, dt.date | None], dt.timedelta]:
    """Median time to paid per provider, and per step when `by` names one: the middle row, found by the database."""
    took = ExpressionWrapper(F("settled_at") - F("created_at"), output_field=DurationField())
    paid = payments.filter(status=Status.SUCCEEDED, settled_at__isnull=False).annotate(took=took)
    parts: list[Any] = [F("provider")]
    if by:
        paid = paid.annotate(start=TRUNC[by]("created_at"))
        parts.append(F("start"))
    ranked = paid.annotate(
        place=Window(RowNumber(), partition_by=parts, order_by=["took", "pk"]),
        size=Window(Count("pk"), partition_by=parts),
    ).annotate(twice=F("place") * 2)
    middle = ranked.filter(Q(twice=F("size")) | Q(twice=F("size") + 1))
    columns = ("provider", "took", "start") if by else ("provider", "took")
    return {
        (row["provider"], timezone.localtime(row["start"]).date() if by else None): row["took"]
        for row in middle.order_by().values(*columns)
    }


def _told(payments: QuerySet[Payment]) -> dict[str, int]:
    heard = Exists(InboxMessage.objects.filter(payment=OuterRef("pk")))
    rows = (
        payments.filter(status=Status.SUCCEEDED)
        .values("provider")
        .annotate(paid=Count("pk"), told=Count("pk", filter=heard))
        .order_by()
    )
    return {row["provider"]: round(100 * row["told"] / row["paid"]) for row in rows}


def _inbox(since: dt.datetime, slugs: list[str]) -> dict[str, dict[str, Any]]:
    lag = ExpressionWrapper(F("processed_at") - F("received_at"), output_field=DurationField())
    rows = (
        InboxMessage.objects.filter(provider__in=slugs, received_at__gte=since)
        .values("provider")
        .annotate(
            messages=Count("pk"), quarantined=Count("pk", filter=Q(status=InboxMessage.Status.QUARANTINED)),
            repeated=Count("pk", filter=Q(deliveries__gt=1)), lag=Avg(lag), worst_lag=Max(lag),
        )
        .order_by()
    )  # fmt: skip
    return {row["provider"]: {name: value for name, value in row.items() if name != "provider"} for row in rows}


def _reasons(payments: QuerySet[Payment]) -> list[dict[str, Any]]:
    rows = payments.filter(LEFT).values("provider", "failure_code").annotate(count=Count("pk"))
    return _dicts(rows.order_by("-count", "provider", "failure_code")[:12])


def _calls(since: dt.datetime, slugs: list[str]) -> list[dict[str, Any]]:
    """Answers of providers, the slow ones first, with the share that were none."""
    rows = (
        ProviderCall.objects.filter(provider__in=slugs, at__gte=since)
        .values("provider", "operation")
        .annotate(
            count=Count("pk"), mean=Avg("milliseconds"), worst=Max("milliseconds"),
            lost=Count("pk", filter=Q(answer__in=("unavailable", "silent"))),
        )
        .order_by("-mean")
    )  # fmt: skip
    return _dicts(rows[:30])


def _addresses(since: dt.datetime, slugs: list[str]) -> list[dict[str, Any]]:
    """Network addresses from which much fails, or many people and cards come."""
    rows = (
        PaymentClient.objects.filter(
            ip__isnull=False, payment__created_at__gte=since, payment__provider__in=slugs
        )
        .values("ip")
        .annotate(
            attempts=Count("pk"), failed=Count("pk", filter=Q(payment__status__in=(Status.FAILED, Status.EXPIRED))),
            people=Count("email", distinct=True), phones=Count("phone", distinct=True),
            cards=Count("card", distinct=True, filter=~Q(card="")),
        )
        .filter(Q(failed__gte=SUSPICIOUS) | Q(cards__gte=SUSPICIOUS))
        .order_by("-failed", "-attempts", "ip")
    )  # fmt: skip
    return _dicts(rows[:15])


def _refunds(since: dt.datetime, slugs: list[str]) -> list[dict[str, Any]]:
    took = ExpressionWrapper(F("settled_at") - F("created_at"), output_field=DurationField())
    rows = (
        Refund.objects.filter(created_at__gte=since, payment__provider__in=slugs)
        .values("payment__provider", "method")
        .annotate(
            count=Count("pk"), failed=Count("pk", filter=Q(status=Refund.Status.FAILED)),
            done=Count("pk", filter=Q(status=Refund.Status.SUCCEEDED)), took=Avg(took),
        )
        .order_by("payment__provider", "method")
    )  # fmt: skip
    return _dicts(rows)


def _dicts(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]


@dataclass(frozen=True)
class Bar:
    """One step as drawn: percent of the drawing's height, from below."""

    label: str
    words: str | Promise
    x: float
    width: float
    paid: float
    failed: float
    paid_y: float
    failed_y: float


WIDTH, HEIGHT = 600.0, 120.0
"""Of the drawing, in its own units."""


def bars(steps: Iterable[Step]) -> list[Bar]:
    """Stacked bars: paid below, failed on top, what still runs left out. The tallest fills the height."""
    rows = list(steps)
    tallest = max((step.paid + step.failed for step in rows), default=0) or 1
    slot = WIDTH / max(len(rows), 1)
    drawn = []
    for number, step in enumerate(rows):
        paid, failed = HEIGHT * step.paid / tallest, HEIGHT * step.failed / tallest
        drawn.append(Bar(
            label=step.start.isoformat(), words=_words(step), x=round(number * slot + slot * 0.1, 2),
            width=round(slot * 0.8, 2), paid=round(paid, 2), failed=round(failed, 2), paid_y=round(HEIGHT - paid, 2),
            failed_y=round(HEIGHT - paid - failed, 2),
        ))  # fmt: skip
    return drawn


def _words(step: Step) -> str | Promise:
    return _("%(start)s: %(paid)d paid, %(failed)d failed of %(attempts)d") % {
        "start": step.start, "paid": step.paid, "failed": step.failed, "attempts": step.attempts
    }  # fmt: skip
