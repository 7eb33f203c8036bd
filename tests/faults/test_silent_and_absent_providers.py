"""Providers that accept and do not say so, that turn everybody away, or that are not there at all."""

from marketplace.payments.models import Payment
from tests.factories.shop import open_event
from tests.purchase import Purchase
from tests.stack import Stack


class TestSilentAfterAcceptance:
    def test_the_mpesa_prompt_rings_although_its_answer_never_came(self, site: Stack) -> None:
        site.control("fault", kind="timeout_after", path="stkpush/v1", seconds=9)
        with Purchase(site, open_event()) as bought:
            page = bought.check_out()
            assert "Check your phone" in page.text
            assert "cannot reach" not in page.text, "nobody is told to pay again"
            assert (bought.payment.status, bought.payment.external_id) == ("created", None)
            assert [line.kind for line in bought.payment.events.order_by("at")][:2] == ["intent", "no_answer"]
            bought.press("pay")
            bought.ends_well()
            assert len(site.look("prompts")) == 1, "a push is never repeated by itself"

    def test_without_a_callback_either_a_person_decides_and_the_seat_stays_held(self, site: Stack) -> None:
        site.control("fault", kind="drop_after", path="stkpush/v1")
        site.control("deliveries", action="drop", provider="daraja")
        event = open_event(capacity=1)
        with Purchase(site, event) as bought:
            bought.check_out()
            bought.press("pay")
            bought.let_deadline_pass()
            bought.until_order("review")
            assert bought.payment.failure_code == "never_acknowledged"
            assert event.counted() == (1, 0)
            assert "looking at this payment" in bought.page().text
            assert len(site.look("prompts")) == 1

    def test_the_card_page_is_found_again_and_is_the_same_one(self, site: Stack) -> None:
        """The library repeats the request under the same key before it gives up.

        The reconciler may come by meanwhile, so the silence lasts until the buyer has their page.
        """
        site.control("fault", kind="timeout_after", path="checkout/sessions", seconds=9, count=None)
        with Purchase(site, open_event()) as bought:
            page = bought.check_out("stripe")
            assert "Getting the payment ready" in page.text
            assert "cannot reach" not in page.text
            site.control("mend")
            bought.until(lambda: self.url_after_a_look(bought), what="the reconciler finds the card page")
            assert "Go on to Stripe" in bought.page().text
            bought.press("pay")
            bought.ends_well()
            paid = site.look("ledger")["payments"]
            assert len(paid) == 1
            created = site.look("requests", method="POST", path="/checkout/sessions")
            assert len(created) > 1
            assert len({request["headers"]["idempotency-key"] for request in created}) == 1

    def url_after_a_look(self, bought: Purchase) -> str:
        """A look that had begun before the silence was over may put the next one off: so once more."""
        url = bought.payment.next_url
        if not url:
            bought.look_now()
        return url


class TestDownAtCheckout:
    def test_mpesa_turns_everybody_away_and_a_retry_works(self, site: Stack) -> None:
        site.control("fault", kind="503", path="stkpush/v1")
        event = open_event()
        with Purchase(site, event) as bought:
            page = bought.check_out()
            assert page.status == 200
            assert "We cannot reach the payment service right now" in page.text
            self.keeps_everything(bought, page.text)
            assert "Check your phone" in bought.pay_again().text
            bought.press("pay")
            bought.ends_well()
            assert event.counted() == (0, 1)

    def test_the_card_instead(self, site: Stack) -> None:
        site.control("fault", kind="html", path="stkpush/v1")
        with Purchase(site, open_event()) as bought:
            self.keeps_everything(bought, bought.check_out().text)
            assert bought.pay_again("stripe").path.startswith("/stripe/pay/")
            bought.press("pay")
            bought.ends_well()
            attempts = Payment.objects.filter(reference=bought.order.code).order_by("attempt")
            assert [(p.provider, p.status) for p in attempts] == [("mpesa", "failed"), ("stripe", "succeeded")]

    def test_nobody_can_be_reached_until_they_are_back(self, site: Stack) -> None:
        with Purchase(site, open_event()) as bought:
            site.kill("simulator")
            try:
                self.keeps_everything(bought, bought.check_out().text)
                self.keeps_everything(bought, bought.pay_again("stripe").text)
                self.keeps_everything(bought, bought.pay_again("mpesa").text)
                bought.nothing_happened()
            finally:
                site.start("simulator")
            assert "Check your phone" in bought.pay_again().text
            bought.press("pay")
            bought.ends_well()

    def keeps_everything(self, bought: Purchase, text: str) -> None:
        """A clear message, what was chosen is still held, and both ways to pay are offered."""
        assert "We cannot reach the payment service right now" in text
        assert "Everything is still held for you" in text
        assert bought.event.counted() == (1, 0)
        form = bought.page().form(lambda action: action.endswith("/pay/"))
        assert {str(field["value"]) for field in form.select("input[name=provider]")} == {"mpesa", "stripe"}
