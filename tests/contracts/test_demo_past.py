"""The demo's past as the simulator remembers it: compared, given back and argued about as if it had happened there."""

from typing import Any

import httpx
import pytest

from marketplace.backoffice.demo.remembered import everything
from marketplace.commerce.models import Order, OrderRefund
from marketplace.commerce.services import RefundWish, refund_order
from marketplace.commerce.services.refund_order import everything_left
from marketplace.core import clock, outbox
from marketplace.ledger.accounts import Code
from marketplace.ledger.selectors import balance
from marketplace.ledger.services import prove
from marketplace.payments.disbursements import reconcile_disbursements
from marketplace.payments.models import Break, Disbursement, Dispute, Payment, ReconciliationRun
from marketplace.payments.reconciliation.stated import ZONES
from marketplace.payments.services import import_statement, reconcile_day, submit_evidence
from tests.contracts.giving_back import work
from tests.factories.demo import load_what_is_sold
from tests.simulator_process import SHORTCODE, SimulatorProcess

B2C_SHORTCODE = "600992"
SEEDED = [("TKDEMOGONE", "missing_here")]
"""What the demo wants to differ, by 1,200 shillings."""


@pytest.fixture
def remembering(simulator: SimulatorProcess) -> SimulatorProcess:
    load_what_is_sold()
    told = everything()
    answer = simulator.control("past", **told)
    assert (answer["new"], answer["known"]) == (sum(len(rows) for rows in told.values() if isinstance(rows, list)), 0)
    assert simulator.control("past", **everything())["new"] == 0
    simulator.control("settings", result_delay=0.05)
    return simulator


def tills(simulator: SimulatorProcess) -> dict[str, int]:
    """What the simulator holds beyond what our books say it does, in minor units."""
    totals: Any = simulator.look("ledger")["totals"]
    codes = {SHORTCODE: Code.MPESA_CLEARING, B2C_SHORTCODE: Code.MPESA_FLOAT}
    beyond = {code: totals["daraja"][code]["holds"] - balance(code=codes[code], currency="KES") for code in codes}
    stripe = {
        f"stripe {currency}": row["holds"] - balance(code=Code.STRIPE_CLEARING, currency=currency)
        for currency, row in totals["stripe"].items()
    }
    assert all(totals["daraja"][code]["opening"] >= 0 for code in codes)
    return {name: minor for name, minor in (beyond | stripe).items() if minor}


def compare_all(simulator: SimulatorProcess) -> list[tuple[str, str]]:
    """Every day at Stripe, both short codes at M-Pesa; what differs."""
    paid = Payment.objects.filter(provider="stripe").values_list("settled_at", flat=True)
    moments = [clock.now(), Dispute.objects.get().opened_at, *filter(None, paid)]
    days = {at.astimezone(ZONES["stripe"]).date() for at in moments}
    for day in sorted(days, reverse=True):  # what a bank took one day and brought back another is known from both
        run = reconcile_day(provider="stripe", day=day)
        assert run.status == ReconciliationRun.Status.AGREED, list(Break.objects.values())
    for code in (SHORTCODE, B2C_SHORTCODE):
        asked = {"shortcode": code, "preamble": "1"}
        answer = httpx.get(f"{simulator.base_url}/_sim/statement.csv", params=asked, trust_env=False, timeout=180)
        import_statement(provider="mpesa", content=answer.raise_for_status().content, actor_id=None)
    return list(Break.objects.filter(resolved_at=None).values_list("name", "kind"))


def order_of(receipt: str) -> Order:
    return Order.objects.get(code=Payment.objects.get(receipt=receipt).reference)


def settled(simulator: SimulatorProcess, refund: OrderRefund) -> OrderRefund:
    """Let the workers work until it is done."""

    def done() -> bool:
        work(sweep=True)
        Disbursement.objects.filter(next_check_at__isnull=False, status="sent").update(
            next_check_at=clock.now(), checked_at=None
        )  # fmt: skip
        reconcile_disbursements()
        refund.refresh_from_db()
        return refund.status == "done"

    simulator.until(done)
    return refund


def give_back(simulator: SimulatorProcess, receipt: str, positions: int = 0) -> tuple[str, str]:
    """All of an order, or so many units of its line; how, and what became of it."""
    order = order_of(receipt)
    some = [RefundWish(order.lines.get().pk, list(range(1, positions + 1)))]
    refund = refund_order(
        order_id=order.pk, what=some if positions else everything_left(order), asked_by=OrderRefund.By.STAFF,
        actor_id=None, reason="test",
    )  # fmt: skip
    outbox.drain()
    paid = settled(simulator, refund).payment_refund
    assert paid is not None
    return paid.method, paid.status


def test_the_demos_past_goes_on_at_the_providers(remembering: SimulatorProcess) -> None:
    assert compare_all(remembering) == SEEDED
    assert tills(remembering) == {SHORTCODE: 120_000}

    assert give_back(remembering, "ch_demo0002") == ("provider", "succeeded")
    assert give_back(remembering, "ch_demo0014", positions=1) == ("provider", "succeeded")
    assert give_back(remembering, "TKDEMO0009") == ("provider", "succeeded")
    assert give_back(remembering, "TKDEMO0001", positions=1) == ("b2c", "succeeded")
    assert len(remembering.look("ledger")["reversals"]) == 1

    dispute = submit_evidence(
        dispute_id=Dispute.objects.get().pk, evidence={"uncategorized_text": "Delivered and used."}, actor_id=None
    )
    assert dispute.status == "under_review"
    remembering.control("dispute", press="win", dispute=dispute.external_id)
    remembering.until(lambda: work() or Dispute.objects.get().status == "won")  # type: ignore[func-returns-value]

    assert tills(remembering) == {SHORTCODE: 120_000}
    assert compare_all(remembering) == SEEDED
    assert prove().passed
