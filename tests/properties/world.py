"""A small market, its buyers, and the network between it and the providers, for one example of a property test."""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import stripe
from django.db import transaction
from django.test import Client
from django.utils import timezone

from marketplace.commerce.models import Order, OrderRefund
from marketplace.commerce.services import Addresses, RefundWish, live_positions, pay_order, refund_order
from marketplace.commerce.upkeep import release_expired
from marketplace.core import clock, outbox
from marketplace.core.errors import Refusal
from marketplace.core.models import OutboxEvent
from marketplace.payments.disbursements import reconcile_disbursements
from marketplace.payments.models import Disbursement, Dispute, InboxMessage, Payment, ProviderToken, Refund
from marketplace.payments.services import (
    ClientDetails,
    process_inbox,
    reconcile,
    reconcile_refunds,
    retry_refund,
    settle_refund_by_hand,
)
from marketplace.payouts.models import Destination, Earning, Payout, Verification
from marketplace.payouts.services import approve_payout, change_destination, propose_run, release_due
from tests.factories.desks import make_order
from tests.factories.shop import OnSale, open_event
from tests.simulator_process import WEBHOOK_SECRET, SimulatorProcess

PAST = dt.timedelta(seconds=1)
ROUNDS = 12
"""More than any chain of facts, messages and questions is long."""


@contextmanager
def undone() -> Iterator[None]:
    """Everything inside is forgotten afterwards. Counts as a test's own transaction, which services do not see."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


class World:
    """What may happen, in single steps, each of which any real sequence of events could bring next."""

    def __init__(self, simulator: SimulatorProcess) -> None:
        self.simulator = simulator
        self.simulator.reset()
        self.simulator.control("settings", outcome_delay=0, settle_seconds=0, same_payment_seconds=0)
        self.simulator.control("deliveries", action="drop")
        ProviderToken.objects.all().delete()
        self.events: list[OnSale] = [open_event(capacity=9, price=116_000), open_event(capacity=6, price=50_000)]
        self.numbers = iter(range(1, 1_000_000))
        self.heard = 0
        for event in self.events:
            self._open_account(event)

    # -- buyers -------------------------------------------------------------------------------------------------

    def order(self, event: int, quantity: int) -> Order | None:
        """Place an order, if there is enough."""
        try:
            return make_order(self.events[event].offer, quantity=quantity, phone=self._phone("111"))
        except Refusal:
            return None

    def start(self, order: Order, provider: str) -> None:
        """Ask to pay; what is refused is refused."""
        details = ClientDetails(phone=self._phone("111"), email="buyer@example.com")
        try:
            pay_order(
                order_id=order.pk, provider=provider, client=details, again=True,
                addresses=Addresses("http://127.0.0.1:9/r/", "http://127.0.0.1:9/c/"),
            )  # fmt: skip
        except Refusal:
            return

    def press(self, payment: Payment, button: str) -> None:
        """On the phone or the card page; a prompt that is gone is gone."""
        if not payment.external_id:
            return
        order = {"pay": "pay", "no": "cancel" if payment.provider == "mpesa" else "decline"}[button]
        try:
            if payment.provider == "mpesa":
                self.simulator.control("phone", press=order, checkout_request_id=payment.external_id)
            else:
                self.simulator.control("card", press=order, session=payment.external_id)
        except AssertionError:
            return

    # -- staff, sellers, banks ----------------------------------------------------------------------------------

    def refund(self, order: Order, percent: int, *, units: int) -> None:
        """Some units at their price, or only some of the money."""
        line = order.lines.get()
        positions = live_positions(line)[:units]
        amount = None if positions else (line.total_minor - line.refunded_minor) * percent // 100 // 100 * 100
        try:
            refund_order(
                order_id=order.pk, what=[RefundWish(line.pk, positions, amount)], asked_by=OrderRefund.By.STAFF,
                actor_id=1, reason="asked for",
            )  # fmt: skip
        except Refusal:
            return

    def mend(self, refund: Refund, *, by_hand: bool) -> None:
        """Staff try a failed refund again, or pay it back themselves."""
        if by_hand:
            self.deliver_everything()  # nobody pays by hand before looking at what the provider has done
            self.work()
            refund.refresh_from_db()
        if refund.status != "failed":
            return
        try:
            if by_hand:
                settle_refund_by_hand(refund_id=refund.pk, evidence="bank transfer 4711", actor_id=1)
            else:
                retry_refund(refund_id=refund.pk, actor_id=1)
        except Refusal:
            return

    def refund_in_dashboard(self, payment: Payment, percent: int) -> None:
        """Somebody gives money back at Stripe, and tells nobody here."""
        left = payment.amount_minor - payment.refunded_minor
        amount = max(left * percent // 100, 1)
        self._at_stripe("refund", charge=payment.receipt or payment.external_ref, amount=amount)

    def dispute(self, payment: Payment) -> None:
        """The payer's bank takes the money back for now."""
        self._at_stripe("dispute", press="open", charge=payment.receipt or payment.external_ref)

    def decide(self, dispute: Dispute, press: str) -> None:
        self._at_stripe("dispute", press=press, dispute=dispute.external_id)

    def _at_stripe(self, order: str, **what: Any) -> None:
        try:
            self.simulator.control(order, **what)
        except AssertionError:
            return

    def release(self) -> None:
        """Holds on sellers' money are over."""
        Earning.objects.filter(status="pending").update(release_at=clock.now() - PAST)
        release_due()

    def pay_out(self) -> None:
        """A run, and everybody agrees with it."""
        propose_run(actor_id=None)
        for payout in Payout.objects.filter(status="proposed"):
            for actor in (2, 3):
                try:
                    approve_payout(payout_id=payout.pk, actor_id=actor)
                except Refusal:
                    continue

    def _open_account(self, event: OnSale) -> None:
        """The seller may be paid, to a phone whose number decides how that ends."""
        seller = event.offer.seller
        Verification.objects.create(seller=seller, status="approved", legal_name=seller.name, country="KE")
        ending = "000" if event is self.events[0] else "555"
        phone = f"07{seller.pk % 100_000:05d}{ending}"
        change_destination(
            seller_id=seller.pk, currency="KES", rail="mpesa_b2c", details={"phone": phone}, actor_id=None
        )
        Destination.objects.update(usable_from=clock.now() - PAST)

    def _phone(self, ending: str) -> str:
        return f"+2547{next(self.numbers):05d}{ending}"

    # -- the network --------------------------------------------------------------------------------------------

    def deliveries(self) -> list[dict[str, Any]]:
        """Everything the providers ever sent, the oldest first. None of it arrived by itself."""
        return list(self.simulator.look("deliveries"))

    def deliver(self, message: dict[str, Any]) -> None:
        """Let one message arrive, for the first time or once more."""
        body = message["body"].encode()
        headers = {}
        if message["provider"] == "stripe":
            sign = stripe.WebhookSignature.generate_signature_header
            headers["HTTP_STRIPE_SIGNATURE"] = sign(message["body"], WEBHOOK_SECRET, int(time.time()))
        answer = Client(SERVER_NAME="localhost").post(
            urlsplit(message["url"]).path, data=body, content_type="application/json", **headers
        )
        assert answer.status_code < 500, answer.content[:300]

    def deliver_everything(self) -> None:
        """The network is well for once."""
        for message in self.deliveries()[self.heard :]:
            self.deliver(message)
        self.heard = len(self.deliveries())

    # -- the site -----------------------------------------------------------------------------------------------

    def work(self) -> None:
        """The worker has its turn: messages, facts."""
        InboxMessage.objects.filter(status="waiting").update(due_at=clock.now() - PAST)
        process_inbox()
        OutboxEvent.objects.filter(delivered_at=None).update(due_at=clock.now() - PAST)
        outbox.drain()

    def ask(self) -> None:
        """The reconciler has its turn, whatever the time."""
        Payment.objects.filter(next_check_at__isnull=False).update(next_check_at=clock.now() - PAST, checked_at=None)
        reconcile()
        Refund.objects.filter(next_check_at__isnull=False).update(next_check_at=clock.now() - PAST)
        reconcile_refunds()
        Disbursement.objects.filter(next_check_at__isnull=False).update(
            next_check_at=clock.now() - PAST, checked_at=None
        )
        reconcile_disbursements()

    def let_time_run_out(self, order: Order) -> None:
        """Payment and hold are past their ends, here and there."""
        self.simulator.advance(2400)
        past = timezone.now() - PAST
        Payment.objects.filter(reference=order.code, status__in=Payment.LIVE).update(deadline=past, checked_at=None)
        Order.objects.filter(pk=order.pk).update(expires_at=past)
        release_expired()

    def rest(self) -> None:
        """Time passes for everybody; deliver everything and work until nothing moves any more."""
        self.simulator.advance(2400)
        for turn in range(ROUNDS):
            for refund in Refund.objects.filter(status="failed"):
                self.mend(refund, by_hand=True)
            for order in Order.objects.filter(status="pending"):
                self.let_time_run_out(order)
            for number, dispute in enumerate(Dispute.objects.filter(status__in=Dispute.OPEN).order_by("opened_at")):
                self.decide(dispute, "win" if (number + Order.objects.count()) % 2 else "lose")
            for message in self.deliveries()[self.heard if turn else 0 :]:
                self.deliver(message)
            self.heard = len(self.deliveries())
            self.ask()
            self.work()
            self.simulator.advance(120)  # what was asked is answered
            if turn and self.heard == len(self.deliveries()) and not self._under_way():
                return
        raise AssertionError(f"still under way: {self._under_way()}")

    def _under_way(self) -> list[str]:
        rows = (
            Order.objects.filter(status__in=["pending", "paid"]),
            Payment.objects.filter(status__in=Payment.LIVE),
            Refund.objects.exclude(status="succeeded"),
            Disbursement.objects.filter(status__in=["created", "sent", "unknown"]),
            Dispute.objects.filter(status__in=Dispute.OPEN),
            InboxMessage.objects.filter(status="waiting"),
            OutboxEvent.objects.filter(delivered_at=None),
        )
        return [f"{row._meta.label} {row} {row.__dict__}" for some in rows for row in some]
