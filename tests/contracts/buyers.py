"""A buyer at each provider: what a person would do, done through the simulator's control plane."""

import itertools
import time
from collections.abc import Callable
from typing import Any

from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.payments.models import InboxMessage, Payment
from marketplace.payments.services import ClientDetails, process_inbox, reconcile, start_payment
from tests.simulator_process import SimulatorProcess

_numbers = itertools.count(1)
AMOUNT = Money(150_000, "KES")


class Buyer:
    """Pays KES 1,500. Subclasses know their provider's page or phone."""

    provider = ""
    topic = ""
    """The delivery that settles a payment."""
    start_path = ""

    def __init__(self, simulator: SimulatorProcess) -> None:
        self.simulator = simulator
        self.number = next(_numbers)
        self.phone = f"+2547{self.number:05d}999"

    def start(self, reference: str = "", amount: Money = AMOUNT) -> Payment:
        return start_payment(
            reference=reference or f"ORDER{self.number}", amount=amount, provider=self.provider,
            description="Nairobi Jazz: 2 tickets", client=ClientDetails(phone=self.phone, email="buyer@example.com"),
            return_url="http://127.0.0.1:1/return/", cancel_url="http://127.0.0.1:1/cancel/",
        )  # fmt: skip

    def pay(self, payment: Payment) -> None:
        raise NotImplementedError

    def decline(self, payment: Payment) -> None:
        raise NotImplementedError

    def known(self, payment: Payment) -> list[dict[str, Any]]:
        """What the provider believes was collected for it."""
        rows = self.simulator.look("ledger")["payments"]
        return [row for row in rows if payment.external_id in (row.get("session"), row.get("checkout_request_id"))]

    def until(self, payment: Payment, status: str, *, inbox: bool = True, sweep: bool = False) -> Payment:
        """Let the worker work until the payment is there. `sweep`: the reconciler looks too, whatever the time."""

        def there() -> bool:
            if inbox:
                InboxMessage.objects.filter(status="waiting").update(due_at=clock.now())
                process_inbox()
            if sweep:
                Payment.objects.filter(pk=payment.pk, next_check_at__isnull=False).update(next_check_at=clock.now())
                reconcile()
            payment.refresh_from_db()
            return payment.status == status

        return self.soon(there, payment)

    def soon(self, question: Callable[[], object], payment: Payment, within: float = 180.0) -> Payment:
        """Wait until the question is answered with yes."""
        deadline = time.monotonic() + within
        while not question():
            payment.refresh_from_db()
            story = [(event.kind, event.data) for event in payment.events.order_by("at")]
            assert time.monotonic() < deadline, f"{payment.status} {payment.failure_code}: {story}"
            time.sleep(0.05)
        payment.refresh_from_db()
        return payment

    def let_the_deadline_pass(self, payment: Payment) -> None:
        """On both clocks."""
        self.simulator.advance(2200 if self.provider == "stripe" else 200)
        Payment.objects.filter(pk=payment.pk).update(deadline=clock.now(), next_check_at=clock.now())


class PhoneOwner(Buyer):
    """Has an M-Pesa phone."""

    provider, topic, start_path = "mpesa", "stk_callback", "/mpesa/stkpush/"

    def press(self, payment: Payment, button: str) -> None:
        self.simulator.control("phone", press=button, msisdn=payment.client.phone.removeprefix("+"))

    def pay(self, payment: Payment) -> None:
        self.press(payment, "pay")

    def decline(self, payment: Payment) -> None:
        self.press(payment, "cancel")


class CardHolder(Buyer):
    """Has a card and Stripe's page open."""

    provider, topic, start_path = "stripe", "checkout.session.completed", "/v1/checkout/sessions"

    def press(self, payment: Payment, button: str) -> None:
        self.simulator.control("card", session=payment.external_id, press=button)

    def pay(self, payment: Payment) -> None:
        self.press(payment, "pay")

    def decline(self, payment: Payment) -> None:
        self.press(payment, "decline")
