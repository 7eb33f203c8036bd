"""What the buyer's secret link shows and does about refunds."""

import pytest

from marketplace.commerce.models import Order, OrderRefund
from marketplace.payments.models import Refund
from marketplace.ticketing.models import Ticket
from tests.marketplace.commerce.buying import Shopper, text_of
from tests.marketplace.commerce.money import (
    dispute,
    give_back,
    make_shop,
    on_sale,
    pay,
    provider_says,
    sold,
    work,
)

pytestmark = pytest.mark.django_db


def bought(rule: str = "before", quantity: int = 2, **fields) -> Order:
    return sold(ticket=on_sale(make_shop(), refund_rule=rule, **fields), quantity=quantity)


def unit(order: Order, position: int) -> str:
    return f"{order.lines.get().pk}-{position}"


def test_the_order_says_what_was_promised_and_leads_to_asking(shopper: Shopper):
    order = bought(refund_days=3, refund_percent=50)
    page = shopper.get(order)
    assert "Refund of 50 % until 3 days before it takes place." in text_of(page)
    assert f"/orders/{order.token}/refund/" in page.content.decode()


def test_nothing_leads_there_when_nothing_was_promised(shopper: Shopper):
    order = bought("never")
    assert f"/orders/{order.token}/refund/" not in shopper.get(order).content.decode()
    assert shopper.get(order, "refund/").status_code == 302


def test_giving_back_within_the_promise_sends_the_money_and_ends_the_ticket(shopper: Shopper):
    order = bought()
    page = text_of(shopper.get(order, "refund/"))
    assert "What you choose ends at once" in page
    assert "Number 2 of 2 KES 1,160" in page
    for _ in range(2):
        shopper.post(order, "refund/", unit=unit(order, 2), reason="ill")
        work()
    assert list(Ticket.objects.order_by("position").values_list("status", flat=True)) == ["valid", "void"]
    assert Refund.objects.get().amount_minor == 116_000
    shown = text_of(shopper.get(order))
    assert "KES 1,160 on its way" in shown
    assert "Reason: ill" in shown


def test_the_back_button_chooses_nothing(shopper: Shopper):
    """A browser puts ticks back by their place, and in the place of what was given back stands something else now."""
    assert 'autocomplete="off"' in shopper.get(bought(), "refund/").content.decode()


def test_a_ticket_chosen_twice_by_a_forged_form_gives_nothing(shopper: Shopper):
    order = bought()
    shopper.post(order, "refund/", unit=[unit(order, 1)] * 3, reason="ill")
    work()
    assert not Refund.objects.exists()
    assert not Ticket.objects.filter(status="void").exists()


def test_asking_leaves_everything_valid_until_the_seller_answers(shopper: Shopper):
    order = bought("ask")
    page = text_of(shopper.get(order, "refund/"))
    assert "We ask the seller, who decides" in page
    assert page.count("seller decides") == 1, "said once"
    shopper.post(order, "refund/", unit=unit(order, 1))
    assert "Somebody looks at it" in text_of(shopper.get(order))
    assert not Ticket.objects.filter(status="void").exists()


@pytest.mark.parametrize("typed", ["", "x", "1-", "-1", "9999-1", "0-0", "1-999999999999999999999"])
def test_what_cannot_be_chosen_is_refused(shopper: Shopper, typed: str):
    order = bought()
    assert shopper.post(order, "refund/", unit=typed).status_code in (302, 422)
    assert not OrderRefund.objects.exists()


def test_the_order_shows_where_the_money_is(shopper: Shopper):
    order = bought(quantity=1)
    refund = give_back(order, 1)
    page = text_of(shopper.get(order))
    assert "This order has ended" in page
    assert "Giving it back" not in page, "nothing is left to give back"
    assert "usually within minutes" in page
    provider_says(refund, "succeeded", receipt="SKL81QX2PT")
    page = text_of(shopper.get(order))
    assert "given back" in page
    assert "KES 1,160 of it goes back to you." in page.replace("\xa0", " "), "beside the total"
    assert "Reference: SKL81QX2PT" in page


def test_a_refund_that_could_not_be_sent_says_that_it_is_still_owed(shopper: Shopper):
    order = bought()
    provider_says(give_back(order, 1), "failed", code="x", undoes=True)
    assert "It stays owed to you" in text_of(shopper.get(order))


def test_the_credit_note_names_what_it_lowers(shopper: Shopper):
    order = bought()
    give_back(order, 1)
    page = text_of(shopper.get(order, "refunds/1/"))
    assert "Credit note" in page
    assert f"{order.code}-R1" in page
    assert "Tax, included KES 160" in page
    assert "Total given back KES 1,160" in page
    assert "-KES 1,160" in text_of(shopper.get(order, "receipt/"))


def test_there_is_no_credit_note_of_what_was_only_asked_for(shopper: Shopper):
    order = bought("ask")
    shopper.post(order, "refund/", unit=unit(order, 1))
    assert shopper.get(order, "refunds/1/").status_code == 404
    assert shopper.get(order, "refunds/7/").status_code == 404


def test_money_that_came_twice_is_shown_on_its_way_back(shopper: Shopper):
    order = bought()
    pay(order)
    assert "Paid twice." in text_of(shopper.get(order))


def test_the_pages_are_as_secret_as_the_order(shopper: Shopper):
    order = bought()
    give_back(order, 1)
    for path in ("refund/", "refunds/1/"):
        assert shopper.get(order, path).headers["X-Robots-Tag"].startswith("noindex")
        assert shopper.client.get(f"/orders/{'a' * 43}/{path}").status_code == 404


class TestTickets:
    def test_one_that_was_given_back_shows_no_code_and_says_why(self, shopper: Shopper):
        order = bought(quantity=1)
        give_back(order, 1)
        ticket = Ticket.objects.get()
        assert "This ticket is not valid any more" in text_of(shopper.client.get(f"/tickets/{ticket.token}/"))
        for file in ("qr.svg", "qr.png", "ticket.pdf"):
            assert shopper.client.get(f"/tickets/{ticket.token}/{file}").status_code >= 400

    def test_one_in_dispute_hides_its_code_for_now(self, shopper: Shopper):
        order = sold(provider="stripe")
        dispute(order.paid_by)
        ticket = Ticket.objects.get()
        page = shopper.client.get(f"/tickets/{ticket.token}/")
        assert "This ticket is suspended" in text_of(page)
        assert "qr.svg" not in page.content.decode()
        assert "ticket.pdf" not in page.content.decode()
        assert shopper.client.get(f"/tickets/{ticket.token}/qr.svg").status_code >= 400

    def test_its_page_says_the_rule_in_words(self, shopper: Shopper):
        bought("before", quantity=1, refund_days=2)
        page = shopper.client.get(f"/tickets/{Ticket.objects.get().token}/")
        assert "Full refund until 2 days before it takes place." in text_of(page)


def test_the_order_page_asks_a_bounded_number_of_questions(shopper: Shopper, django_assert_max_num_queries):
    order = bought()
    give_back(order, 1)
    shopper.get(order)
    with django_assert_max_num_queries(24):
        shopper.get(order)
