"""Callbacks that never come, or come again and again."""

import httpx

from tests.factories.shop import open_event
from tests.purchase import Purchase
from tests.stack import Stack


class TestDropped:
    def test_an_mpesa_payment_nobody_calls_back_about_is_found_by_the_reconciler(self, site: Stack) -> None:
        site.control("deliveries", action="drop", provider="daraja")
        with Purchase(site, open_event()) as bought:
            bought.check_out()
            bought.press("pay")
            bought.ends_well()
            assert bought.inbox == []
            assert self.moved_by(bought) == "reconciler"
            assert len(site.look("prompts")) == 1

    def test_a_card_payment_whose_buyer_never_comes_back_is_found_too(self, site: Stack) -> None:
        site.control("deliveries", action="drop", provider="stripe")
        with Purchase(site, open_event()) as bought:
            bought.check_out("stripe")
            bought.press("pay")
            bought.look_now()
            bought.ends_well()
            assert bought.inbox == []
            assert self.moved_by(bought) == "reconciler"

    def test_the_buyers_return_needs_no_webhook(self, site: Stack) -> None:
        site.control("deliveries", action="drop", provider="stripe")
        with Purchase(site, open_event()) as bought:
            bought.check_out("stripe")
            bought.press("pay")
            bought.page("return/")
            bought.ends_well()
            assert bought.inbox == []
            assert self.moved_by(bought) == "return"

    def moved_by(self, bought: Purchase) -> str:
        [moved] = bought.payment.events.filter(kind="moved", data__after="succeeded")
        return str(moved.source)


class TestDoubled:
    def test_an_mpesa_callback_that_comes_three_times_and_again_later(self, site: Stack) -> None:
        site.control("deliveries", action="duplicate", copies=3, provider="daraja")
        with Purchase(site, open_event(), quantity=2) as bought:
            bought.check_out()
            bought.press("pay")
            bought.ends_well()
            first = site.look("deliveries", topic="stk_callback")[0]
            again = httpx.post(first["url"], content=first["body"], timeout=180, trust_env=False)
            assert again.status_code == 200
            bought.until(lambda: bought.inbox[0].deliveries == 4, what="four deliveries")
            bought.until(lambda: [m.status for m in bought.inbox] == ["done"], what="one message, thought about")
            bought.ends_well()

    def test_every_webhook_of_a_card_payment_comes_twice(self, site: Stack) -> None:
        site.control("deliveries", action="duplicate", copies=2, provider="stripe")
        with Purchase(site, open_event()) as bought:
            bought.check_out("stripe")
            bought.press("pay")
            bought.ends_well()
            bought.until(lambda: all(message.deliveries >= 2 for message in bought.inbox), what="all of them twice")
            assert bought.inbox
            bought.ends_well()
