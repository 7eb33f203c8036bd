"""Whatever happens in whatever order, the money is where it must be: after each step, and when all has come to rest."""

from collections import Counter
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pytest_django.plugin import DjangoDbBlocker

from marketplace.commerce.models import Order
from marketplace.payments.models import Dispute, Payment, Refund
from marketplace.payouts.models import Earning
from tests.properties import truths
from tests.properties.world import World, undone
from tests.simulator_process import SimulatorProcess

STEPS, EXAMPLES, ENOUGH = 25, 20, 2
LEAST, MOST = 2, 6
"""Rounds of so many examples: two at least, and more until everything has come about."""
ANY = st.integers(min_value=0, max_value=10_000)
"""Chooses one of however many there are."""


class MoneyMachine(RuleBasedStateMachine):
    """Buyers, providers, network, worker, clock, staff: each rule is one of them doing one thing."""

    simulator: SimulatorProcess
    seen: ClassVar[Counter[str]] = Counter()
    """What came about in all examples together: a machine in which nothing happens proves nothing."""

    @initialize(quantity=st.integers(1, 2), cards=st.integers(0, 2), phones=st.integers(0, 2))
    def open_market(self, quantity: int, cards: int, phones: int) -> None:
        """Some have bought already: what comes after a sale has something to happen to."""
        self.block = undone()
        self.block.__enter__()
        self.world = World(self.simulator)
        for number, provider in enumerate(["stripe"] * cards + ["mpesa"] * phones):
            self.buy_and_all_goes_well(number % 2, quantity, provider)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self.world.rest()
            truths.hold()
            truths.agree_with(self.simulator.look("ledger"))
            self.seen.update(truths.what_happened())
        finally:
            self.block.__exit__(None, None, None)

    def one(self, rows: Any, which: int) -> Any:
        found = list(rows)
        return found[which % len(found)] if found else None

    # -- buyers -------------------------------------------------------------------------------------------------

    @rule(event=st.integers(0, 1), quantity=st.integers(1, 3), provider=st.sampled_from(["mpesa", "stripe"]))
    def buy(self, event: int, quantity: int, provider: str) -> None:
        order = self.world.order(event, quantity)
        if order is not None:
            self.world.start(order, provider)

    @rule(event=st.integers(0, 1), quantity=st.integers(1, 2), provider=st.sampled_from(["mpesa", "stripe"]))
    def buy_and_all_goes_well(self, event: int, quantity: int, provider: str) -> None:
        order = self.world.order(event, quantity)
        if order is None:
            return
        self.world.start(order, provider)
        for payment in Payment.objects.filter(reference=order.code):
            self.world.press(payment, "pay")
        self.world.deliver_everything()
        self.world.work()

    @precondition(lambda self: Payment.objects.filter(status__in=Payment.LIVE).exists())
    @rule(which=ANY, button=st.sampled_from(["pay", "pay", "no"]))
    def press(self, which: int, button: str) -> None:
        payment = self.one(Payment.objects.order_by("created_at"), which)
        if payment is not None:
            self.world.press(payment, button)

    @precondition(lambda self: Order.objects.filter(status="pending").exists())
    @rule(which=ANY, provider=st.sampled_from(["mpesa", "stripe"]))
    def try_again(self, which: int, provider: str) -> None:
        order = self.one(Order.objects.filter(status="pending").order_by("pk"), which)
        if order is not None:
            self.world.start(order, provider)

    # -- staff, sellers, banks ----------------------------------------------------------------------------------

    @precondition(lambda self: Order.objects.filter(status="fulfilled").exists())
    @rule(which=ANY, percent=st.sampled_from([10, 50, 100]), units=st.integers(0, 2))
    def staff_refund(self, which: int, percent: int, units: int) -> None:
        order = self.one(Order.objects.filter(status="fulfilled").order_by("pk"), which)
        if order is not None:
            self.world.refund(order, percent, units=units)

    @precondition(lambda self: self.by_phone().exists())
    @rule(which=ANY, percent=st.sampled_from([10, 50]))
    def staff_send_a_part_to_a_phone(self, which: int, percent: int) -> None:
        self.world.refund(self.one(self.by_phone(), which), percent, units=0)

    def by_phone(self) -> Any:
        return Order.objects.filter(status="fulfilled", paid_by__provider="mpesa").order_by("pk")

    @precondition(lambda self: Refund.objects.filter(status="failed").exists())
    @rule(which=ANY, by_hand=st.booleans())
    def staff_mend_a_refund(self, which: int, by_hand: bool) -> None:
        self.world.mend(self.one(Refund.objects.filter(status="failed").order_by("created_at"), which), by_hand=by_hand)

    @precondition(lambda self: self.cards().exists())
    @rule(which=ANY, percent=st.sampled_from([30, 100]))
    def a_refund_is_made_at_stripe(self, which: int, percent: int) -> None:
        payment = self.one(self.cards(), which)
        if payment is not None:
            # Refunds of both sides that together exceed the payment are a case for the daily comparison, not for here.
            self.world.deliver_everything()
            self.world.work()
            self.world.refund_in_dashboard(Payment.objects.get(pk=payment.pk), percent)
            self.world.deliver_everything()
            self.world.work()

    @precondition(lambda self: self.cards().exists())
    @rule(which=ANY)
    def a_bank_disputes(self, which: int) -> None:
        payment = self.one(self.cards(), which) if which % 3 == 0 else None
        if payment is not None:
            self.world.dispute(payment)

    @precondition(lambda self: Dispute.objects.filter(status__in=Dispute.OPEN).exists())
    @rule(which=ANY, press=st.sampled_from(["win", "lose"]))
    def a_bank_decides(self, which: int, press: str) -> None:
        self.world.decide(self.one(Dispute.objects.filter(status__in=Dispute.OPEN).order_by("pk"), which), press)

    @precondition(lambda self: Earning.objects.filter(status="pending").exists())
    @rule()
    def holds_end(self) -> None:
        self.world.release()

    @precondition(lambda self: Earning.objects.filter(status="released").exists())
    @rule()
    def sellers_are_paid(self) -> None:
        self.world.pay_out()

    @precondition(lambda self: Earning.objects.exists())
    @rule()
    def holds_end_and_sellers_are_paid(self) -> None:
        self.world.release()
        self.world.pay_out()
        self.world.work()

    def cards(self) -> Any:
        return Payment.objects.filter(provider="stripe", status="succeeded", disputes=None).order_by("created_at")

    # -- network, worker, clock ---------------------------------------------------------------------------------

    @rule(which=ANY)
    def a_message_arrives(self, which: int) -> None:
        message = self.one(self.world.deliveries(), which)
        if message is not None:
            self.world.deliver(message)

    @rule()
    def the_worker_works(self) -> None:
        self.world.work()

    @rule()
    def the_reconciler_asks(self) -> None:
        self.world.ask()

    @precondition(lambda self: Order.objects.filter(status="pending").exists())
    @rule(which=ANY)
    def time_runs_out(self, which: int) -> None:
        self.world.let_time_run_out(self.one(Order.objects.filter(status="pending").order_by("pk"), which))

    # -- what must be true --------------------------------------------------------------------------------------

    @invariant()
    def truths_hold(self) -> None:
        if hasattr(self, "world"):
            truths.hold()


def test_any_order_of_events_leaves_the_money_where_it_belongs(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    simulator: SimulatorProcess,
    request: pytest.FixtureRequest,
) -> None:
    MoneyMachine.simulator = simulator
    chosen = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for turn in range(MOST):
        if turn >= LEAST and not rare():
            break
        with django_db_blocker.unblock():
            run_state_machine_as_test(seed(turn)(MoneyMachine), settings=chosen)
    assert not rare(), f"hardly ever happened: {rare()}, of {dict(MoneyMachine.seen)}"
    print(dict(MoneyMachine.seen))


def rare() -> list[str]:
    """What has not come about often enough to prove anything."""
    return [kind for kind in truths.EVERYTHING if MoneyMachine.seen[kind] < ENOUGH]
