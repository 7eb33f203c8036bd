"""What must be true when the dust has settled, each line with what was compared."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, Sum

from marketplace.commerce.models import Order, OrderReview
from marketplace.commerce.upkeep import recount_stock
from marketplace.ledger.accounts import Code
from marketplace.ledger.selectors import balance, currencies, trial_balance
from marketplace.ledger.services import prove, seal
from marketplace.payments.models import Payment, Refund, RefundCover
from marketplace.ticketing.models import Ticket
from tests.chaos.scene import Scene

PAYBILL, B2C = "174379", "600992"


@dataclass(frozen=True)
class Line:
    """One claim, what stood on both sides, and the first few contradictions."""

    claim: str
    ours: object
    theirs: object = ""
    wrong: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.wrong


def judge(scene: Scene, left: dict[str, int]) -> list[Line]:
    """Every claim about a scene that has come to rest."""
    theirs = scene.look("ledger")
    return [
        Line(
            "everything has come to an end",
            "nothing is under way",
            "",
            (*(f"{n} {what}" for what, n in left.items()), *_stuck()),
        ),
        Line(
            "there was something to lose", len(theirs["payments"]), "", () if theirs["payments"] else ("nobody paid",)
        ),
        *_orders(),
        *_money(theirs),
        *_refunds(theirs),
        *_tickets(),
        *_books(theirs),
    ]


def _stuck() -> Iterator[str]:
    """The refunds that did not come to an end, with what else happened to their payments."""
    for refund in Refund.objects.exclude(status="succeeded").select_related("payment"):
        others = list(refund.payment.refunds.exclude(pk=refund.pk).values_list("status", "method", "amount_minor"))
        disputes = list(refund.payment.disputes.values_list("status", "amount_minor"))
        yield (
            f"{refund.payment.provider} {refund.status} {refund.failure_code}: {refund.left_minor} left of "
            f"{refund.amount_minor}, paid {refund.payment.amount_minor}, others {others}, disputes {disputes}"
        )


def _orders() -> Iterator[Line]:
    states = Counter(Order.objects.values_list("status", flat=True))
    ended = {Order.Status.FULFILLED, Order.Status.EXPIRED, Order.Status.CANCELLED, Order.Status.REVIEW}
    yield Line(
        "every order is settled", dict(states), "", _some(f"{s} {n}" for s, n in states.items() if s not in ended)
    )
    lost = OrderReview.objects.filter(resolved_at=None).exclude(reason=OrderReview.Reason.UNKNOWN)
    yield Line("no order waits for a person over money", lost.count(), "", _some(str(r) for r in lost))


def _money(theirs: dict[str, Any]) -> Iterator[Line]:
    """Payment by payment: what the providers took is what we know of, once, to the minor unit.

    By its receipt; else by the prompt's name, for a payment whose receipt we never learned; else by what it was for.
    """
    ours = list(Payment.objects.filter(status="succeeded"))
    there = list(theirs["payments"])
    for name_ours, name_theirs in (
        (lambda p: p.receipt, lambda r: r["id"]),
        (lambda p: p.external_id, lambda r: r.get("checkout_request_id") or r.get("session")),
        (lambda p: (p.reference, p.amount_minor), lambda r: (r["reference"], r["amount_minor"])),
    ):
        ours, there = _unmatched(ours, there, name_ours, name_theirs)
    wrong = [f"{r['provider']} took {r['amount_minor']} for {r['reference']}, and we know nothing of it" for r in there]
    wrong += [f"{p}: {p.amount_minor} paid here, unknown there" for p in ours]
    mine = Payment.objects.filter(status="succeeded").aggregate(sum=Sum("amount_minor"))["sum"] or 0
    total = sum(row["amount_minor"] for row in theirs["payments"])
    differ = ("sums differ",) if mine != total else ()
    yield Line("every payment is known here and there", mine, total, _some(wrong) or differ)


def _refunds(theirs: dict[str, Any]) -> Iterator[Line]:
    """Card by card, to the minor unit: one refund made in the dashboard may have paid several that had failed here."""
    there, names = Counter[str](), set()
    for row in theirs["refunds"]:
        if row["status"] == "succeeded":
            there[row["charge"]] += row["amount_minor"]
            names.add(row["id"])
    rows = Refund.objects.filter(status="succeeded", payment__provider="stripe").exclude(method="manual")
    ours = Counter[str]()
    for refund in rows.select_related("payment"):
        ours[refund.payment.receipt or str(refund.payment_id)] += refund.left_minor
    for cover in RefundCover.objects.select_related("refund__payment"):
        ours[cover.refund.payment.receipt or str(cover.refund.payment_id)] += cover.amount_minor
    wrong = [
        f"{charge}: {there[charge]} given back there, {ours[charge]} here: "
        f"{list(Refund.objects.filter(payment__receipt=charge).values())} "
        f"{list(Payment.objects.filter(receipt=charge).values())}"
        for charge in sorted(there | ours)
        if there[charge] != ours[charge]
    ]
    wrong += [f"{r}: not there" for r in rows.exclude(external_id=None) if r.external_id not in names]
    yield Line("every card refund is known here and there", ours.total(), there.total(), _some(wrong))


def _unmatched(
    ours: list[Payment], there: list[Any], name_ours: Callable[[Any], Any], name_theirs: Callable[[Any], Any]
) -> tuple[list[Payment], list[Any]]:
    """Pair those with the same name, one to one; what is left of both sides."""
    waiting: dict[Any, list[Payment]] = defaultdict(list)
    for payment in ours:
        waiting[name_ours(payment)].append(payment)
    left = []
    for row in there:
        name = name_theirs(row)
        same = waiting[name] if name else []
        fits = next((payment for payment in same if payment.amount_minor == row["amount_minor"]), None)
        left.append(row) if fits is None else same.remove(fits)
    return [payment for payments in waiting.values() for payment in payments], left


def _tickets() -> Iterator[Line]:
    valid = Ticket.objects.exclude(status=Ticket.Status.VOID)
    lost = Payment.objects.filter(disputes__status="lost")
    yield Line(
        "no ticket of a payment that a bank took back", lost.count(), "",
        _some(f"ticket {t}" for t in valid.filter(order_line__order__paid_by__in=lost)),
    )  # fmt: skip
    yield _refunded(valid)
    unpaid = valid.filter(Q(order_line__order__paid_by=None, order_line__order__total_minor__gt=0))
    yield Line("no ticket without money", valid.count(), "", _some(f"ticket {t}" for t in unpaid))
    fulfilled = Order.objects.filter(status=Order.Status.FULFILLED)
    short = [
        order.code
        for order in fulfilled.prefetch_related("lines__tickets")
        for line in order.lines.all()
        if len(line.tickets.all()) != line.quantity
    ]
    yield Line("each sold unit has one ticket", fulfilled.count(), "", _some(short))
    idle = Payment.objects.filter(status="succeeded").exclude(
        pk__in=Order.objects.exclude(paid_by=None).values("paid_by")
    )
    kept = idle.filter(refunded_minor__lt=F("amount_minor")).exclude(pk__in=lost)
    yield Line("no money without ticket or refund", idle.count(), "", _some(f"{p}: {p.amount} kept" for p in kept))


def _refunded(valid: Any) -> Line:
    """What was given back in full opens no door."""
    whole = Order.objects.exclude(total_minor=0).filter(refunded_minor=F("total_minor"))
    left = valid.filter(order_line__order__in=whole)
    return Line("no ticket of an order that was given back", whole.count(), "", _some(f"ticket {t}" for t in left))


def _books(theirs: dict[str, Any]) -> Iterator[Line]:
    for currency in currencies():
        total = sum(trial_balance(currency).values())
        yield Line(f"the books balance in {currency}", total, 0, () if total == 0 else (str(total),))
    totals = theirs["totals"]
    stripe = totals.get("stripe", {}).get("KES", {}).get("holds", 0)
    yield _till("Stripe clearing", Code.STRIPE_CLEARING, stripe)
    tills = totals.get("daraja", {})
    yield _till("M-Pesa clearing", Code.MPESA_CLEARING, _moved(tills.get(PAYBILL, {})))
    yield _till("M-Pesa payout float", Code.MPESA_FLOAT, _moved(tills.get(B2C, {})))
    yield Line("stock counters equal their claims", "recounted", "", _some(map(str, recount_stock())))
    seal()
    run = prove()
    wrong = [f"{r['check']}: {f['where']} {f['text']}" for r in run.results for f in r["findings"]]
    yield Line("verify_ledger finds nothing", f"{len(run.results)} checks", "", _some(wrong))


def _till(name: str, code: Code, there: int) -> Line:
    ours = balance(code=code, currency="KES")
    return Line(f"{name} is what lies there", ours, there, () if ours == there else (f"{ours - there:+d}",))


def _moved(till: dict[str, Any]) -> int:
    """What a till holds beyond what it began with."""
    return int(till.get("holds", 0) - till.get("opening", 0)) if till else 0


def _some(found: Any) -> tuple[str, ...]:
    rows = list(found)
    return tuple(rows[:5]) + ((f"... and {len(rows) - 5} more",) if len(rows) > 5 else ())
