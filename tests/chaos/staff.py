"""Staff, sellers' money and banks during the storm: refunds, dashboard refunds, disputes, releases and payouts."""

import datetime as dt
import random
import threading
from collections import Counter
from collections.abc import Callable

import httpx
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from marketplace.commerce.models import Order, OrderRefund
from marketplace.commerce.services import RefundWish, live_positions, refund_order
from marketplace.core import clock
from marketplace.core.errors import Refusal
from marketplace.payments.models import Dispute, Payment, Refund
from marketplace.payments.services import retry_refund
from marketplace.payouts.models import Destination, Earning, Payout, Verification
from marketplace.payouts.services import approve_payout, change_destination, propose_run, release_due
from marketplace.sellers.models import Seller
from tests.chaos.scene import Scene

TROUBLE = (Refusal, DatabaseError, InterfaceError, httpx.HTTPError, RuntimeError)
"""The database is dying, the provider is dead, or the rules say no: people try again, or something else."""
PHONES = ("000", "222", "333", "404", "555", "001")
"""How a transfer to a seller's phone ends, by the simulator's own table."""


class Staff:
    """One thread that does one thing after another, through the services the desks call."""

    def __init__(self, scene: Scene, *, seed: int, pause: float = 0.3) -> None:
        self.scene, self.pause = scene, pause
        self.dice = random.Random(f"staff-{seed}")
        self.over = threading.Event()
        self.counts: Counter[str] = Counter()
        self.thread = threading.Thread(target=self._work, daemon=True)

    def open_accounts(self) -> None:
        """Every seller may be paid, to a phone."""
        for number, seller in enumerate(Seller.objects.order_by("pk")):
            Verification.objects.create(seller=seller, status="approved", legal_name=seller.name, country="KE")
            details = {"phone": f"07{seller.pk:05d}{PHONES[number % len(PHONES)]}"}
            change_destination(seller_id=seller.pk, currency="KES", rail="mpesa_b2c", details=details, actor_id=None)
        Destination.objects.update(usable_from=clock.now() - dt.timedelta(hours=1))

    def start(self) -> None:
        self.thread.start()

    def go_home(self) -> None:
        self.over.set()
        self.thread.join(timeout=300)

    def _work(self) -> None:
        acts: tuple[Callable[[], str], ...] = (
            self._refund, self._refund, self._refund, self._mend, self._dashboard, self._dispute, self._decide,
            self._pay_by_hand, self._release, self._pay_out,
        )  # fmt: skip
        while not self.over.wait(self.pause):
            try:
                self.counts[self.dice.choice(acts)()] += 1
            except TROUBLE as trouble:
                self.counts[f"could not ({type(trouble).__name__})"] += 1
                close_old_connections()
        connection.close()

    def _refund(self) -> str:
        order = self._one(Order.objects.filter(status="fulfilled", refunded_minor=0))
        if order is None:
            return "nothing to refund"
        line = order.lines.get()
        positions, amount = live_positions(line), None
        if self.dice.random() < 0.5:
            positions = positions[:1]
        elif self.dice.random() < 0.3:
            positions, amount = [], line.total_minor // 200 * 100
        refund_order(
            order_id=order.pk, what=[RefundWish(line.pk, positions, amount)], asked_by=OrderRefund.By.STAFF,
            actor_id=1, reason="storm",
        )  # fmt: skip
        return "refunds"

    def _mend(self) -> str:
        refund = self._one(Refund.objects.filter(status="failed"))
        if refund is None:
            return "nothing to mend"
        retry_refund(refund_id=refund.pk, actor_id=1)
        return "refunds tried again"

    def _dashboard(self) -> str:
        payment = self._card()
        if payment is None:
            return "no card payment"
        self.scene.control("refund", charge=payment.receipt, amount=payment.amount_minor // self.dice.choice((1, 2)))
        return "refunds in the dashboard"

    def _dispute(self) -> str:
        payment = self._card()
        if payment is None:
            return "no card payment"
        self.scene.control("dispute", press="open", charge=payment.receipt)
        return "disputes"

    def _decide(self) -> str:
        dispute = self._one(Dispute.objects.filter(status__in=Dispute.OPEN))
        if dispute is None:
            return "no dispute"
        self.scene.control("dispute", press=self.dice.choice(("win", "lose")), dispute=dispute.external_id)
        return "disputes decided"

    def _pay_by_hand(self) -> str:
        """Somebody pays an order on the paybill, and sometimes one that is not there."""
        order = self._one(Order.objects.filter(status="pending"))
        if order is None:
            return "nothing to pay by hand"
        account = order.code if self.dice.random() < 0.8 else "RENT"
        self.scene.control("paybill", msisdn=f"2547{order.pk:05d}999", amount=order.total_minor // 100, account=account)
        return "paid by hand"

    def _release(self) -> str:
        Earning.objects.filter(status="pending").update(release_at=clock.now() - dt.timedelta(seconds=1))
        return f"releases ({release_due() > 0})"

    def _pay_out(self) -> str:
        propose_run(actor_id=None)
        for payout in Payout.objects.filter(status="proposed"):
            for actor in (2, 3):
                if Payout.objects.get(pk=payout.pk).status == "proposed":
                    approve_payout(payout_id=payout.pk, actor_id=actor)
        return "payout runs"

    def _card(self) -> Payment | None:
        """Half of them are left alone, so that not everything is disputed."""
        rows = Payment.objects.filter(provider="stripe", status="succeeded", disputes=None, refunded_minor=0)
        return self._one(rows.exclude(receipt=None)) if self.dice.random() < 0.5 else None

    def _one(self, rows):  # type: ignore[no-untyped-def]
        found = list(rows.order_by("pk")[:50])
        return self.dice.choice(found) if found else None
