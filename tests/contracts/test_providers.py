"""One contract, every provider: the same cases, over real HTTP, against the simulator as a program of its own."""

import json
from typing import ClassVar

import httpx
import pytest
from django.conf import LazySettings

from marketplace.core import clock
from marketplace.payments.errors import (
    AlreadyPaid,
    PaymentInProgress,
    PaymentInReview,
    PaymentRefused,
    ProviderUnavailable,
)
from marketplace.payments.models import InboxMessage, Payment
from marketplace.payments.providers import provider
from marketplace.payments.services import close_payment, reconcile, settle_payment
from tests.contracts.buyers import AMOUNT, Buyer, CardHolder, PhoneOwner
from tests.factories.payments import Facts
from tests.simulator_process import CONSUMER_KEY, CONSUMER_SECRET, SimulatorProcess

SUCCEEDED = ["payments.succeeded"]


class Contract:
    """What every provider has to do. `buyer_class` says who pays, and where."""

    buyer_class: ClassVar[type[Buyer]]

    @pytest.fixture
    def buyer(self, simulator: SimulatorProcess) -> Buyer:
        return self.buyer_class(simulator)

    def settled(self, buyer: Buyer, payment: Payment, facts: Facts) -> None:
        """Paid once, told once, and the provider agrees to the cent."""
        assert facts.about(payment)[-1:] == SUCCEEDED
        assert facts.about(payment).count("payments.succeeded") == 1
        assert payment.events.filter(kind="moved", data__after="succeeded").count() == 1
        rows = buyer.known(payment)
        assert [(row["amount_minor"], row["currency"]) for row in rows] == [(AMOUNT.minor, AMOUNT.currency)]
        assert payment.receipt in (rows[0]["id"], None)

    # -- start --------------------------------------------------------------------------------------------------

    def test_accepted_is_not_paid(self, buyer: Buyer, facts: Facts) -> None:
        payment = buyer.start()
        assert payment.status == "pending"
        assert payment.external_id
        assert payment.next_check_at is not None
        assert payment.next_check_at < payment.deadline
        assert [event.kind for event in payment.events.order_by("at")] == ["intent", "accepted"]
        assert settle_payment(payment_id=payment.pk, source="query").status == "pending"
        assert facts.about(payment) == []

    def test_one_live_attempt_at_a_time(self, buyer: Buyer) -> None:
        payment = buyer.start()
        with pytest.raises(PaymentInProgress) as refusal:
            buyer.start(payment.reference)
        assert refusal.value.details["provider"] == buyer.provider
        assert refusal.value.details["retry_after_seconds"] > 0
        assert len(buyer.simulator.look("requests", path=buyer.start_path, method="POST")) == 1

    # -- the buyer ----------------------------------------------------------------------------------------------

    def test_paid(self, buyer: Buyer, facts: Facts) -> None:
        payment = buyer.start()
        buyer.pay(payment)
        payment = buyer.until(payment, "succeeded")
        assert payment.receipt
        self.settled(buyer, payment, facts)
        with pytest.raises(AlreadyPaid):
            buyer.start(payment.reference)

    def test_declined_then_paid_with_better_luck(self, buyer: Buyer, facts: Facts) -> None:
        raise NotImplementedError

    def test_nobody_pays_until_the_deadline(self, buyer: Buyer, facts: Facts) -> None:
        payment = buyer.start()
        buyer.let_the_deadline_pass(payment)
        payment = buyer.until(payment, self.unpaid_ends_as, sweep=True)
        assert facts.about(payment) == [f"payments.{self.unpaid_ends_as}"]
        assert buyer.known(payment) == []
        buyer.simulator.reset()  # and with it its clock
        assert buyer.start(payment.reference).attempt == 2

    unpaid_ends_as: ClassVar[str]

    def test_paid_at_the_last_moment_is_not_closed(self, buyer: Buyer, facts: Facts) -> None:
        buyer.simulator.control("deliveries", action="drop")
        payment = buyer.start()
        buyer.pay(payment)
        Payment.objects.filter(pk=payment.pk).update(deadline=clock.now())
        payment = close_payment(payment_id=payment.pk, source="reconciler")
        assert payment.status == "succeeded"
        self.settled(buyer, payment, facts)

    # -- deliveries ---------------------------------------------------------------------------------------------

    def test_a_lost_callback_is_made_up_for_by_the_reconciler(self, buyer: Buyer, facts: Facts) -> None:
        buyer.simulator.control("deliveries", action="drop")
        payment = buyer.start()
        buyer.pay(payment)
        payment = buyer.until(payment, "succeeded", sweep=True)
        self.settled(buyer, payment, facts)
        assert not InboxMessage.objects.exists()

    def test_a_doubled_callback_counts_once(self, buyer: Buyer, facts: Facts) -> None:
        buyer.simulator.control("deliveries", action="duplicate", copies=3, match=buyer.topic)
        payment = buyer.start()
        buyer.pay(payment)
        payment = buyer.until(payment, "succeeded")
        buyer.soon(lambda: InboxMessage.objects.filter(deliveries=3).count() == 1, payment)
        buyer.until(payment, "succeeded")
        self.settled(buyer, payment, facts)

    def test_everybody_asks_at_once_in_any_order(self, buyer: Buyer, facts: Facts) -> None:
        payment = buyer.start()
        buyer.pay(payment)
        for source in ("return", "query", "reconciler", "operator"):
            settle_payment(payment_id=payment.pk, source=source)
        payment = buyer.until(payment, "succeeded", sweep=True)
        close_payment(payment_id=payment.pk, source="reconciler")
        self.settled(buyer, payment, facts)

    # -- a provider in trouble ----------------------------------------------------------------------------------

    @pytest.mark.parametrize("kind", ["429", "503", "html"])
    def test_turned_away_at_the_start(self, buyer: Buyer, kind: str, facts: Facts) -> None:
        raise NotImplementedError

    def test_provider_down_at_the_start(self, buyer: Buyer, facts: Facts, program: SimulatorProcess) -> None:
        port = program.port
        program.stop()
        try:
            with pytest.raises(ProviderUnavailable) as refusal:
                buyer.start("DOWN")
        finally:
            program.start(port=port)
        assert (refusal.value.code, refusal.value.status) == ("provider_unavailable", 503)
        payment = Payment.objects.get()
        assert (payment.status, payment.failure_code) == ("failed", "provider_unavailable")
        assert facts.about(payment) == ["payments.failed"]
        assert buyer.start("DOWN").status == "pending", "a minute later it works, with a new attempt"

    def test_provider_down_when_asked_is_no_news(self, buyer: Buyer, program: SimulatorProcess) -> None:
        payment = buyer.start()
        port = program.port
        program.stop()
        try:
            assert settle_payment(payment_id=payment.pk, source="query").status == "pending"
            Payment.objects.filter(pk=payment.pk).update(deadline=clock.now())
            assert close_payment(payment_id=payment.pk, source="reconciler").status == "pending", (
                "one try is not enough"
            )
            for _ in range(5):
                payment = close_payment(payment_id=payment.pk, source="reconciler")
        finally:
            program.start(port=port)
        assert (payment.status, payment.failure_code) == ("review", "no_answer")
        with pytest.raises(PaymentInReview):
            buyer.start(payment.reference)
        buyer.pay(payment)
        assert buyer.until(payment, "succeeded", sweep=True).failure_code == ""

    @pytest.mark.parametrize("kind", ["spike", "500", "503", "html", "drop"])
    def test_trouble_when_asked_is_no_news_either(self, buyer: Buyer, kind: str) -> None:
        payment = buyer.start()
        buyer.simulator.control("fault", kind=kind, count=3)
        payment = settle_payment(payment_id=payment.pk, source="query")
        assert payment.status == "pending"
        assert payment.events.filter(kind="outcome").latest("at").data["state"] == "unknown"

    def test_a_crash_between_intent_and_call_is_recovered(self, buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
        raise NotImplementedError


class TestMpesa(Contract):
    buyer_class = PhoneOwner
    unpaid_ends_as = "failed"
    """The prompt itself runs out, as 1037."""

    def test_declined_then_paid_with_better_luck(self, buyer: Buyer, facts: Facts) -> None:
        payment = buyer.start()
        buyer.decline(payment)
        payment = buyer.until(payment, "failed")
        assert payment.failure_code == "1032"
        assert "new one" in payment.failure_text
        again = buyer.start(payment.reference)
        buyer.pay(again)
        again = buyer.until(again, "succeeded")
        assert again.attempt == 2
        self.settled(buyer, again, facts)

    @pytest.mark.parametrize(
        "code", ["1", "1019", "1025", "1037", "2001", "26", "17", "8", "1001", "9999", "SFC_IC0003"]
    )
    def test_every_refusal_on_the_phone_says_what_to_do(self, buyer: Buyer, code: str) -> None:
        buyer.simulator.control("next", outcome=code, delay=0)
        payment = buyer.until(buyer.start(), "failed")
        assert payment.failure_code == code
        assert len(payment.failure_text) > 30

    def test_wrong_pin(self, buyer: Buyer) -> None:
        payment = buyer.start()
        self.press(buyer, payment, "wrong_pin")
        assert buyer.until(payment, "failed").failure_code == "2001"

    @staticmethod
    def press(buyer: Buyer, payment: Payment, button: str) -> None:
        buyer.simulator.control("phone", press=button, checkout_request_id=payment.external_id)

    def test_turned_away_at_the_start(self, buyer: Buyer, facts: Facts) -> None:
        for kind in ("429", "503", "html", "spike"):
            buyer.simulator.control("fault", kind=kind, path="stkpush")
            with pytest.raises(ProviderUnavailable):
                buyer.start(f"AWAY{kind}")
            assert Payment.objects.get(reference=f"AWAY{kind}").status == "failed"

    def test_no_token_means_no_push(self, buyer: Buyer) -> None:
        buyer.simulator.control("fault", kind="500", path="oauth")
        with pytest.raises(ProviderUnavailable):
            buyer.start()
        assert buyer.simulator.look("requests", path="stkpush") == []

    def test_a_token_somebody_else_renewed_is_replaced_and_the_push_sent_once(
        self, buyer: Buyer, program: SimulatorProcess
    ) -> None:
        buyer.start("FIRST")
        answer = httpx.get(
            f"{program.daraja_base}/oauth/v1/generate",
            params={"grant_type": "client_credentials"},
            auth=(CONSUMER_KEY, CONSUMER_SECRET),
            timeout=180,
        )
        assert answer.status_code == 200
        other = PhoneOwner(program)
        assert other.start("SECOND").status == "pending"
        assert len(program.look("prompts")) == 2

    def test_a_busy_phone_is_refused_with_words(self, buyer: Buyer) -> None:
        buyer.start("FIRST")
        with pytest.raises(PaymentRefused, match="busy with another") as refusal:
            buyer.start("SECOND")
        assert refusal.value.details == {"provider": "mpesa", "reason": "1001"}
        assert Payment.objects.get(reference="SECOND").status == "failed"

    @pytest.mark.parametrize("confirm", ["never", "high_value", "always"])
    def test_paid_under_every_policy(self, buyer: Buyer, confirm: str, facts: Facts, settings: LazySettings) -> None:
        settings.MPESA = {**settings.MPESA, "confirm": confirm}
        payment = buyer.start()
        buyer.pay(payment)
        self.settled(buyer, buyer.until(payment, "succeeded"), facts)
        asked = buyer.simulator.look("requests", path="stkpushquery")
        assert len(asked) == (1 if confirm == "always" else 0)

    @pytest.mark.parametrize("pending", ["500.001.1001", "4999"])
    def test_both_ways_to_say_pending_are_pending(self, buyer: Buyer, pending: str) -> None:
        buyer.simulator.control("settings", query_pending=pending)
        payment = buyer.start()
        assert settle_payment(payment_id=payment.pk, source="query").status == "pending"

    @pytest.mark.parametrize(
        "outcome",
        ["success", "no_callback", "duplicate", "callback_before_response", "late", "fail_then_success", "out_of_order",
         "missing_metadata", "balance_without_value", "masked_phone"],
    )  # fmt: skip
    def test_every_way_a_success_can_arrive(self, buyer: Buyer, outcome: str, facts: Facts) -> None:
        buyer.simulator.control("next", outcome=outcome, delay=0.1)
        payment = buyer.start()
        payment = buyer.until(payment, "succeeded", sweep=outcome in ("no_callback", "late"))
        self.settled(buyer, payment, facts)

    def test_success_long_after_the_query_said_timeout(self, buyer: Buyer, facts: Facts) -> None:
        buyer.simulator.control("next", outcome="late", delay=0)
        buyer.simulator.control("settings", late_seconds=600)
        payment = buyer.until(buyer.start(), "failed", sweep=True)
        assert payment.failure_code == "1037"
        assert payment.next_check_at is not None, "this failure is known to waver"
        buyer.simulator.advance(600)
        payment = buyer.until(payment, "succeeded")
        assert facts.about(payment) == ["payments.failed", "payments.succeeded"]
        self.settled(buyer, payment, facts)

    def test_a_query_that_contradicts_a_success_goes_to_review(self, buyer: Buyer, facts: Facts) -> None:
        buyer.simulator.control("next", outcome="query_lies", delay=0.1)
        payment = buyer.until(buyer.start(), "review")
        assert payment.failure_code == "contradiction"
        assert InboxMessage.objects.get().status == "quarantined"
        assert facts.about(payment) == ["payments.review"]

    def test_a_prompt_nobody_can_tell_about_goes_to_review_in_the_end(self, buyer: Buyer, facts: Facts) -> None:
        buyer.simulator.control("next", outcome="pending")
        payment = buyer.start()
        buyer.let_the_deadline_pass(payment)
        payment = buyer.until(payment, "review", sweep=True)
        assert (payment.failure_code, payment.closings) == ("no_answer", 6)
        assert facts.about(payment) == ["payments.review"]
        assert payment.next_check_at is not None, "still asked about for a day"

    # -- forgeries ----------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        "lie", [{"amount": 1}, {"amount": 1499}, {"merchant_request_id": "29115-1-1"}, {"forged_id": "ws_CO_1"}]
    )
    @pytest.mark.parametrize("confirm", ["never", "always"])
    def test_a_forged_success_is_quarantined(
        self, buyer: Buyer, lie: dict[str, object], confirm: str, facts: Facts, settings: LazySettings
    ) -> None:
        settings.MPESA = {**settings.MPESA, "confirm": confirm}
        payment = buyer.start()
        buyer.simulator.control("forge", checkout_request_id=payment.external_id, **lie)
        buyer.soon(InboxMessage.objects.exists, payment)
        payment = buyer.until(payment, "pending")
        message = InboxMessage.objects.get()
        assert (message.status, message.payment) == ("quarantined", payment)
        assert payment.events.filter(kind="forged").count() == 1
        assert facts.about(payment) == []
        buyer.pay(payment)
        self.settled(buyer, buyer.until(payment, "succeeded"), facts)

    def test_a_perfect_forgery_is_caught_by_asking(self, buyer: Buyer, facts: Facts) -> None:
        payment = buyer.start()
        buyer.simulator.control("forge", checkout_request_id=payment.external_id, receipt="FORGED1234")
        buyer.soon(InboxMessage.objects.exists, payment)
        payment = buyer.until(payment, "pending")
        message = InboxMessage.objects.get()
        assert (message.status, message.note) == ("waiting", "says paid, asked the provider says pending")
        buyer.decline(payment)
        payment = buyer.until(payment, "review")
        assert payment.failure_code == "contradiction"
        assert "payments.succeeded" not in facts.about(payment)

    def test_a_real_callback_at_a_strangers_address_is_not_found(self, buyer: Buyer, site: str) -> None:
        payment = buyer.start()
        buyer.simulator.control(
            "forge", checkout_request_id=payment.external_id, url=f"{site}/hooks/sc/stk/{'0' * 64}/"
        )
        buyer.soon(lambda: buyer.simulator.look("deliveries", state="failed"), payment)
        [delivery] = buyer.simulator.look("deliveries")
        assert delivery["attempts"][0]["status"] == 404
        assert not InboxMessage.objects.exists()

    # -- silence ------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("kind", ["timeout_after", "drop_after"])
    def test_silence_after_acceptance_is_settled_by_the_callback(
        self, buyer: Buyer, kind: str, facts: Facts, settings: LazySettings
    ) -> None:
        settings.PROVIDER_ANSWER_SECONDS = 3
        buyer.simulator.control("fault", kind=kind, path="stkpush", seconds=6)
        payment = buyer.start()
        assert (payment.status, payment.external_id) == ("created", None)
        assert [event.kind for event in payment.events.order_by("at")] == ["intent", "no_answer"]
        with pytest.raises(PaymentInProgress):
            buyer.start(payment.reference)
        buyer.pay(payment)
        payment = buyer.until(payment, "succeeded")
        assert payment.external_id == buyer.simulator.look("prompts")[0]["id"]
        self.settled(buyer, payment, facts)
        assert len(buyer.simulator.look("prompts")) == 1, "a push is never repeated by itself"

    def test_silence_and_no_callback_goes_to_review_never_back_on_sale(self, buyer: Buyer, facts: Facts) -> None:
        buyer.simulator.control("fault", kind="drop_after", path="stkpush")
        buyer.simulator.control("deliveries", action="drop")
        payment = buyer.start()
        buyer.let_the_deadline_pass(payment)
        reconcile()
        payment.refresh_from_db()
        assert (payment.status, payment.failure_code) == ("review", "never_acknowledged")
        assert facts.about(payment) == ["payments.review"]
        with pytest.raises(PaymentInReview):
            buyer.start(payment.reference)

    def test_a_crash_between_intent_and_call_is_recovered(self, buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
        payment = crash(buyer, monkeypatch)
        buyer.let_the_deadline_pass(payment)
        assert buyer.until(payment, "review", sweep=True).failure_code == "never_acknowledged"
        assert buyer.simulator.look("prompts") == []


class TestStripe(Contract):
    buyer_class = CardHolder
    unpaid_ends_as = "expired"

    def test_the_session_says_what_is_bought_and_for_whom(self, buyer: Buyer) -> None:
        payment = buyer.start()
        [request] = buyer.simulator.look("requests", path=buyer.start_path, method="POST")
        text = json.dumps(request)
        assert payment.idempotency_key in text
        assert str(payment.pk) in text
        assert payment.next_url.startswith(buyer.simulator.base_url)

    def test_declined_then_paid_with_better_luck(self, buyer: Buyer, facts: Facts) -> None:
        payment = buyer.start()
        buyer.decline(payment)
        payment = settle_payment(payment_id=payment.pk, source="query")
        assert payment.status == "pending", "the page is still open for another card"
        assert payment.failure_code
        assert "card" in payment.failure_text
        buyer.pay(payment)
        payment = buyer.until(payment, "succeeded")
        assert payment.failure_code == ""
        self.settled(buyer, payment, facts)

    def test_the_challenge_of_a_bank_is_pending_until_answered(self, buyer: Buyer, facts: Facts) -> None:
        payment = buyer.start()
        buyer.simulator.control("card", session=payment.external_id, press="challenge")
        assert settle_payment(payment_id=payment.pk, source="return").status == "pending"
        buyer.simulator.control("card", session=payment.external_id, press="complete")
        self.settled(buyer, buyer.until(payment, "succeeded"), facts)

    def test_closing_expires_the_session_for_good(self, buyer: Buyer, facts: Facts) -> None:
        payment = buyer.start()
        payment = close_payment(payment_id=payment.pk, source="checkout")
        assert payment.status == "expired"
        assert facts.about(payment) == ["payments.expired"]
        with pytest.raises(AssertionError):
            buyer.pay(payment)
        assert buyer.start(payment.reference).attempt == 2

    def test_the_fee_is_learned_later_and_booked(self, buyer: Buyer, facts: Facts) -> None:
        buyer.simulator.control("settings", settle_seconds=30)
        payment = buyer.start()
        buyer.pay(payment)
        payment = buyer.until(payment, "succeeded")
        assert payment.fee_minor is None
        buyer.simulator.advance(30)
        payment = buyer.soon(lambda: buyer.until(payment, "succeeded").fee_minor is not None, payment)
        assert payment.fee_minor == buyer.known(payment)[0]["fee_minor"]
        assert payment.next_check_at is None

    def test_the_fee_is_learned_without_any_webhook(self, buyer: Buyer) -> None:
        buyer.simulator.control("deliveries", action="drop")
        payment = buyer.start()
        buyer.pay(payment)
        payment = buyer.soon(lambda: buyer.until(payment, "succeeded", sweep=True).fee_minor is not None, payment)
        assert payment.fee_minor

    def test_reordered_webhooks_end_right(self, buyer: Buyer, facts: Facts) -> None:
        buyer.simulator.control("deliveries", action="reorder", count=3)
        payment = buyer.start()
        buyer.pay(payment)
        buyer.simulator.control("deliveries", action="release")
        self.settled(buyer, buyer.until(payment, "succeeded"), facts)

    def test_a_webhook_signed_by_nobody_we_know_changes_nothing(self, buyer: Buyer, site: str) -> None:
        payment = buyer.start()
        buyer.simulator.control("settings", webhook_secret="whsec_stranger")
        buyer.pay(payment)
        buyer.soon(lambda: any(d["attempts"] for d in buyer.simulator.look("deliveries")), payment)
        statuses = {attempt["status"] for d in buyer.simulator.look("deliveries") for attempt in d["attempts"]}
        assert statuses == {400}
        assert not InboxMessage.objects.exists()

    def test_a_webhook_about_somebody_elses_session_is_ignored_in_the_end(self, buyer: Buyer) -> None:
        payment = buyer.start()
        Payment.objects.filter(pk=payment.pk).update(provider="mpesa")
        buyer.pay(payment)
        buyer.soon(lambda: InboxMessage.objects.filter(kind=buyer.topic).exists(), payment)
        for _ in range(9):
            buyer.until(payment, "pending")
        message = InboxMessage.objects.get(kind=buyer.topic)
        assert (message.status, message.note) == ("ignored", "no payment of ours")

    def test_turned_away_at_the_start(self, buyer: Buyer, facts: Facts) -> None:
        buyer.simulator.control("fault", kind="429", path=buyer.start_path, count=3)
        with pytest.raises(ProviderUnavailable):
            buyer.start("AWAY")
        assert Payment.objects.get().status == "failed"

    @pytest.mark.parametrize("kind", ["drop", "drop_after", "500"])
    def test_silence_at_the_start_is_repeated_under_the_same_key(self, buyer: Buyer, kind: str, facts: Facts) -> None:
        buyer.simulator.control("fault", kind=kind, path=buyer.start_path, count=3)
        payment = buyer.start()
        assert (payment.status, payment.next_url) == ("created", "")
        payment = buyer.until(payment, "pending", sweep=True)
        assert payment.next_url.startswith(buyer.simulator.base_url)
        buyer.pay(payment)
        self.settled(buyer, buyer.until(payment, "succeeded"), facts)
        starts = buyer.simulator.look("requests", path="/v1/checkout/sessions", method="POST")
        assert len({json.dumps(request.get("body"), sort_keys=True) for request in starts}) == 1

    def test_a_refused_start_is_final(self, buyer: Buyer, facts: Facts) -> None:
        buyer.simulator.advance(3600)
        with pytest.raises(PaymentRefused):
            buyer.start("LATE")
        assert Payment.objects.get().status == "failed"

    def test_a_crash_between_intent_and_call_is_recovered(self, buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
        payment = crash(buyer, monkeypatch)
        payment = buyer.until(payment, "pending", sweep=True)
        assert payment.next_url
        late = crash(self.buyer_class(buyer.simulator), monkeypatch)
        buyer.let_the_deadline_pass(late)
        assert buyer.until(late, "failed", sweep=True).failure_code == "never_started"


def crash(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> Payment:
    """The process dies after the intent is committed and before the provider is called."""

    def die(*args: object, **kwargs: object) -> None:
        raise SystemExit(9)

    with monkeypatch.context() as patch:
        patch.setattr(type(provider(buyer.provider)), "start", die)
        with pytest.raises(SystemExit):
            buyer.start()
    return Payment.objects.latest("created_at")
