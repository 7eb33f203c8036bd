"""Callbacks in the wrong order, and callbacks that lie."""

import httpx

from marketplace.commerce.models import Order
from marketplace.payments.models import InboxMessage, Payment
from tests.factories.shop import open_event
from tests.purchase import Purchase, everything_adds_up
from tests.stack import Stack


class TestReordered:
    def test_a_failure_that_arrives_after_the_success_undoes_nothing(self, site: Stack) -> None:
        with Purchase(site, open_event()) as bought:
            bought.check_out()
            bought.press("pay")
            bought.ends_well()
            site.control("forge", checkout_request_id=bought.payment.external_id, result_code="1037")
            bought.until(lambda: len([m for m in bought.inbox if m.status == "done"]) == 2, what="both are processed")
            assert bought.payment.status == "succeeded"
            bought.ends_well()

    def test_a_success_that_arrives_before_an_earlier_failure(self, site: Stack) -> None:
        site.control("settings", late_seconds=0.5)
        site.control("next", outcome="out_of_order")
        with Purchase(site, open_event()) as bought:
            bought.check_out()
            bought.until(lambda: len(bought.inbox) == 2, what="both callbacks")
            assert [message.kind for message in bought.inbox] == ["stk.0", "stk.1037"]
            bought.ends_well()

    def test_a_late_success_wins_over_the_card_page_opened_meanwhile(self, site: Stack) -> None:
        """The phone "could not be reached", the buyer goes on by card, and then the phone's payment is there."""
        site.control("settings", late_seconds=3600)
        site.control("next", outcome="fail_then_success")
        with Purchase(site, open_event()) as bought:
            bought.check_out()
            bought.until_payment("failed")
            assert "That payment did not work" in bought.page().text
            assert bought.pay_again("stripe").path.startswith("/stripe/pay/")
            site.control("clock", advance=3600)
            bought.ends_well()
            first, card = Payment.objects.filter(reference=bought.order.code).order_by("attempt")
            assert bought.order.paid_by_id == first.pk
            bought.until(lambda: Payment.objects.get(pk=card.pk).status == "expired", what="the card page is closed")
            session = httpx.get(card.next_url, timeout=180, trust_env=False)
            assert 'name="number"' not in session.text, "nobody can pay there any more"

    def test_webhooks_of_a_card_payment_newest_first(self, site: Stack) -> None:
        site.control("deliveries", action="reorder", provider="stripe", count=50)
        with Purchase(site, open_event()) as bought:
            bought.check_out("stripe")
            bought.press("pay")
            held = site.until(lambda: site.look("deliveries", state="held"), what="webhooks held back")
            assert len(held) > 1
            bought.nothing_happened()
            site.control("deliveries", action="release")
            bought.ends_well()
            bought.until(lambda: {m.status for m in bought.inbox} <= {"done", "ignored"}, what="all are thought about")


class TestForged:
    def test_a_wrong_amount_pays_nothing_and_the_real_payment_still_works(self, site: Stack) -> None:
        with Purchase(site, open_event()) as bought:
            bought.check_out()
            prompt = self.prompt(bought)
            site.control("forge", checkout_request_id=prompt, amount=1)
            bought.until(lambda: [m.status for m in bought.inbox] == ["quarantined"], what="quarantine")
            assert bought.inbox[0].note == "does not fit the payment: amount"
            bought.nothing_happened()
            assert "Check your phone" in bought.page().text
            bought.press("pay")
            bought.ends_well()
            bought.until(lambda: [m.status for m in bought.inbox] == ["quarantined", "done"], what="both thought about")

    def test_the_right_amount_is_not_believed_before_the_provider_confirms_it(self, site: Stack) -> None:
        with Purchase(site, open_event()) as bought:
            bought.check_out()
            site.control("forge", checkout_request_id=self.prompt(bought))
            bought.until(lambda: bool(bought.inbox and bought.inbox[0].attempts), what="it is looked at")
            bought.nothing_happened()
            bought.press("pay")
            bought.ends_well()

    def test_another_payments_names_and_addresses_open_nothing(self, site: Stack) -> None:
        with Purchase(site, open_event()) as bought, Purchase(site, open_event()) as other:
            bought.check_out()
            other.check_out()
            mine, theirs = self.prompt(bought), self.prompt(other)
            target = site.look("prompts", id=mine)[0]["callback_url"]
            site.control("forge", checkout_request_id=theirs, url=target)
            bought.until(lambda: [m.status for m in bought.inbox] == ["quarantined"], what="quarantine")
            bought.nothing_happened()
            other.nothing_happened()
            other.press("pay")
            other.ends_well()
            bought.press("pay")
            bought.ends_well()

    def test_unsigned_webhooks_and_strangers_addresses_are_refused(self, site: Stack) -> None:
        before = set(InboxMessage.objects.values_list("event_id", flat=True))
        event = {"id": "evt_forged", "type": "checkout.session.completed", "data": {"object": {"id": "cs_test_x"}}}
        for path, signature in (("stripe/", ""), ("stripe/", "t=1,v1=00"), (f"sc/stk/{'0' * 64}/", "")):
            answer = httpx.post(
                f"{site.base_url}/hooks/{path}",
                json=event,
                headers={"Stripe-Signature": signature},
                trust_env=False,
                timeout=180,
            )
            assert answer.status_code == (404 if "stk" in path else 400), answer.text
        came = set(InboxMessage.objects.values_list("event_id", flat=True)) - before
        assert not any("forged" in event_id or event_id.endswith("x") for event_id in came)
        assert not Order.objects.filter(status="paid").exists()
        everything_adds_up()

    def prompt(self, bought: Purchase) -> str:
        bought.until(lambda: bought.payment.external_id, what="the prompt's id")
        return str(bought.payment.external_id)
