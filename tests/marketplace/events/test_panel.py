"""The panel 'Dates and tickets' as editors and sellers use it, through the admin's own addresses."""

import pytest
from django.urls import reverse

from marketplace.commerce.models import Offer
from marketplace.events.models import EventPage, Occurrence, TicketType
from marketplace.events.selectors import event_detail
from marketplace.sellers.models import SellerMember
from marketplace.sellers.services import join_shop
from tests.factories.commerce import make_seller
from tests.factories.events import in_a_cart, in_days, make_date, make_event, make_ticket
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db
DIALOG = {"X-Dialog": "1"}


def at(name: str, *args: int) -> str:
    return reverse(f"event_rows:{name}", args=args)


def typed(moment) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"


def date_form(**fields) -> dict[str, str]:
    return {"start": typed(in_days(30, 19)), "end": typed(in_days(30, 22)), "doors": "", "note": "", **fields}


def ticket_form(**fields) -> dict[str, str]:
    return {
        "name": "Standing",
        "description": "",
        "sort_order": "100",
        "pricing": "fixed",
        "currency": "KES",
        "price": "1,500",
        "suggested": "",
        "tax_class": "standard",
        "sales_start": "",
        "sales_end": "",
        "limit": "own",
        "capacity": "50",
        "min_per_order": "1",
        "max_per_order": "10",
        **fields,
    }


@pytest.fixture
def editor(client):
    client.force_login(make_user(role="Editors"))
    return client


@pytest.fixture
def event():
    return make_event("Harvest Night")


def test_the_edit_screen_shows_dates_with_their_figures(editor, event):
    date = make_date(event, capacity=100)
    in_a_cart(make_ticket(date, "Terrace", whole=True), quantity=3)
    html = editor.get(reverse("wagtailadmin_pages:edit", args=[event.pk])).content.decode()
    assert "Terrace" in html
    assert "KES 1,000" in html
    assert f'data-rows-url="{at("rows", event.pk)}"' in html
    figures = editor.get(at("rows", event.pk), headers=DIALOG).content.decode()
    offer = TicketType.objects.get().offer_id
    assert f'data-live="held-{offer}">3<' in figures
    assert f'data-live="sold-{offer}">0<' in figures
    assert f'data-live="left-{offer}">47<' in figures
    assert "<b>97</b> left of <b>100</b>" in figures


def test_a_page_that_does_not_exist_yet_says_what_to_do(editor, event):
    url = reverse("wagtailadmin_pages:add", args=["events", "eventpage", event.get_parent().pk])
    html = editor.get(url).content.decode()
    assert "Save the draft first" in html
    assert 'data-rows-url-template="/admin/events/0/rows/"' in html


def test_a_date_is_read_on_the_events_clock(editor):
    event = make_event(timezone="America/New_York")
    answer = editor.post(at("add_date", event.pk), date_form(), headers=DIALOG)
    assert answer.json()["message"].startswith("Date added")
    date = Occurrence.objects.get()
    assert date.local(date.start).strftime("%Y-%m-%dT%H:%M") == date_form()["start"]
    assert date.start.utcoffset().total_seconds() == 0 or date.start.tzinfo is not None
    page = editor.get(at("edit_date", date.pk), headers=DIALOG).content.decode()
    assert f'value="{date_form()["start"]}"' in page
    assert "America/New_York" in page


def test_a_wrong_date_comes_back_with_everything_typed(editor, event):
    answer = editor.post(
        at("add_date", event.pk), date_form(end=typed(in_days(30, 10)), note="Matinee"), headers=DIALOG
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "It must end after it starts." in html
    assert 'value="Matinee"' in html
    assert not Occurrence.objects.exists()


def test_every_dialog_is_a_plain_page_too(editor, event):
    page = editor.get(at("add_date", event.pk)).content.decode()
    assert "<html" in page
    assert 'name="start"' in page
    answer = editor.post(at("add_date", event.pk), date_form())
    assert answer.status_code == 302
    assert answer.url == reverse("wagtailadmin_pages:edit", args=[event.pk]) + "#tab-dates"
    wrong = editor.post(at("add_date", event.pk), date_form(start=""))
    assert wrong.status_code == 422
    assert "<html" in wrong.content.decode()


def test_a_fragment_is_no_page(editor, event):
    assert "<html" not in editor.get(at("add_date", event.pk), headers=DIALOG).content.decode()


def test_one_form_adds_a_ticket_to_several_dates(editor, event):
    dates = [make_date(event, days=days, capacity=100) for days in (10, 17, 24)]
    chosen = [str(dates[0].pk), str(dates[2].pk)]
    answer = editor.post(at("add_ticket", event.pk), ticket_form(dates=chosen, whole="on"), headers=DIALOG)
    assert answer.json()["message"] == "Ticket type added to 2 dates."
    made = TicketType.objects.order_by("occurrence__start")
    assert [row.occurrence_id for row in made] == [dates[0].pk, dates[2].pk]
    assert len({row.offer_id for row in made}) == 2
    assert {row.offer.price_minor for row in made} == {150_000}
    for row in made:
        assert sorted(pool.capacity for pool in row.offer.pools.all()) == [50, 100]
        assert row.occurrence.capacity_pool in row.offer.pools.all()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"price": "12.50"}, "Whole shillings only."),
        ({"price": "abc"}, "is not an amount of money"),
        ({"price": ""}, "What does it cost?"),
        ({"price": "0"}, "Give a price above zero"),
        ({"price": "-5"}, "price"),
        ({"pricing": "pwyw", "price": "500", "suggested": "300"}, "Not less than the floor."),
        ({"min_per_order": "5", "max_per_order": "2"}, "Not less than the minimum"),
        ({"min_per_order": "0"}, "greater than or equal to 1"),
        ({"capacity": ""}, "How many are there?"),
        ({"capacity": "99999999999"}, "less than or equal"),
        ({"sales_start": "nonsense"}, "Enter a valid date/time."),
        ({"currency": "XXX"}, "Select a valid choice"),
        ({"name": ""}, "This field is required."),
        ({"dates": []}, "This field is required."),
        ({"dates": ["424242"]}, "Select a valid choice"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_nothing_typed_is_lost(editor, event, fields, words):
    date = make_date(event)
    sent = ticket_form(**{"dates": [str(date.pk)], "description": "By the river", **fields})
    answer = editor.post(at("add_ticket", event.pk), sent, headers=DIALOG)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html.replace("&#x27;", "'")
    assert "By the river" in html
    assert not TicketType.objects.exists()
    assert not Offer.objects.exists()


def test_dollars_have_cents_and_pay_what_you_want_has_a_floor(editor, event):
    date = make_date(event)
    sent = ticket_form(dates=[str(date.pk)], currency="USD", pricing="pwyw", price="12.50", suggested="20")
    assert editor.post(at("add_ticket", event.pk), sent, headers=DIALOG).status_code == 200
    offer = Offer.objects.get()
    assert (offer.pricing, offer.price_minor, offer.suggested_minor) == ("pwyw", 1_250, 2_000)
    form = editor.get(at("edit_ticket", TicketType.objects.get().pk), headers=DIALOG).content.decode()
    assert 'value="12.50"' in form
    assert 'value="20"' in form


def test_editing_shows_what_is_and_changes_it_at_once(editor, event):
    ticket = make_ticket(make_date(event), "Terrace", price=150_000, capacity=40)
    form = editor.get(at("edit_ticket", ticket.pk), headers=DIALOG).content.decode()
    assert 'value="1500"' in form
    assert 'value="40"' in form
    sent = ticket_form(name="Terrace", price="2 000".replace(" ", ""), capacity="60")
    assert editor.post(at("edit_ticket", ticket.pk), sent, headers=DIALOG).status_code == 200
    offer = Offer.objects.get()
    assert offer.price_minor == 200_000
    assert offer.pools.get().capacity == 60


def test_fewer_than_are_held_is_refused_at_the_number(editor, event):
    ticket = make_ticket(make_date(event), capacity=10)
    in_a_cart(ticket, quantity=6)
    answer = editor.post(at("edit_ticket", ticket.pk), ticket_form(capacity="5", price="1000"), headers=DIALOG)
    assert answer.status_code == 422
    assert "More than that are sold or held already." in answer.content.decode()


def test_what_was_ordered_keeps_its_currency(editor, event):
    ticket = make_ticket(make_date(event))
    in_a_cart(ticket)
    editor.post(at("edit_ticket", ticket.pk), ticket_form(currency="USD", price="1000"), headers=DIALOG)
    assert Offer.objects.get().currency == "KES"


def test_tickets_can_share_one_number(editor, event):
    date = make_date(event)
    adult = make_ticket(date, "Adult", capacity=40)
    sent = ticket_form(name="Child", dates=[str(date.pk)], limit="shared", capacity="", shared_with="Adult")
    assert editor.post(at("add_ticket", event.pk), sent, headers=DIALOG).status_code == 200
    child = TicketType.objects.get(name="Child")
    assert list(child.offer.pools.all()) == list(adult.offer.pools.all())
    form = editor.get(at("edit_ticket", child.pk), headers=DIALOG).content.decode()
    assert '<option value="shared" selected>' in form
    assert '<option value="Adult" selected>' in form


def test_sharing_needs_the_other_ticket_on_every_chosen_date(editor, event):
    with_, without = make_date(event, days=5), make_date(event, days=6)
    make_ticket(with_, "Adult", capacity=40)
    sent = ticket_form(
        name="Child", dates=[str(with_.pk), str(without.pk)], limit="shared", capacity="", shared_with="Adult"
    )
    answer = editor.post(at("add_ticket", event.pk), sent, headers=DIALOG)
    assert answer.status_code == 422
    assert "There is no such ticket" in answer.content.decode()


def test_stop_resume_and_delete(editor, event):
    ticket = make_ticket(make_date(event))
    page = EventPage.objects.get(pk=event.pk)
    assert editor.post(at("stop_ticket", ticket.pk), headers=DIALOG).json()["message"] == "Sales stopped."
    assert event_detail(page)[0].tickets[0].state.state == "stopped"
    assert "Stopped" in editor.get(at("rows", event.pk)).content.decode()
    editor.post(at("resume_ticket", ticket.pk), headers=DIALOG)
    assert event_detail(page)[0].on_sale
    editor.post(at("delete_ticket", ticket.pk), headers=DIALOG)
    assert not TicketType.objects.exists()


def test_deleting_what_somebody_wants_says_why(editor, event):
    ticket = make_ticket(make_date(event))
    in_a_cart(ticket)
    for address in (at("delete_ticket", ticket.pk), at("delete_date", ticket.occurrence_id)):
        answer = editor.post(address, headers=DIALOG)
        assert answer.status_code == 422
        assert "cannot be deleted" in answer.content.decode()


def test_cancel_postpone_and_duplicate(editor, event):
    date = make_date(event)
    make_ticket(date)
    editor.post(at("duplicate_date", date.pk), {"start": typed(in_days(60))}, headers=DIALOG)
    assert Occurrence.objects.count() == 2
    editor.post(at("postpone_date", date.pk), headers=DIALOG)
    editor.post(at("cancel_date", date.pk), headers=DIALOG)
    date.refresh_from_db()
    assert date.status == "cancelled"
    again = editor.post(at("cancel_date", date.pk), headers=DIALOG)
    assert again.status_code == 422


def test_a_time_that_a_clock_change_skips_is_refused(editor):
    event = make_event(timezone="Europe/London")
    sent = date_form(start="2027-03-28T01:30", end="2027-03-28T05:00")
    answer = editor.post(at("add_date", event.pk), sent, headers=DIALOG)
    assert answer.status_code == 422
    assert not Occurrence.objects.exists()


def test_a_copied_page_starts_empty_and_offers_the_dates_of_its_original(editor, event):
    make_ticket(make_date(event))
    sent = {"new_title": "Again", "new_slug": "again", "new_parent_page": str(event.get_parent().pk)}
    editor.post(reverse("wagtailadmin_pages:copy", args=[event.pk]), sent)
    copy = EventPage.objects.get(slug="again")
    assert not copy.occurrences.exists()
    assert "Harvest Night" in editor.get(at("rows", copy.pk)).content.decode()
    answer = editor.post(at("copy_dates", copy.pk), {"start": typed(in_days(50))}, headers=DIALOG)
    assert answer.json()["message"] == "1 date copied."
    assert copy.occurrences.get().ticket_types.get().offer_id != TicketType.objects.order_by("pk")[0].offer_id
    assert editor.get(at("copy_dates", event.pk)).status_code == 404


class TestSellers:
    """Confined sellers reach their own rows and no other, whichever address they try."""

    @pytest.fixture
    def seller(self, client):
        shop = make_seller()
        user = make_user()
        join_shop(seller=shop, user=user, role=SellerMember.Role.OWNER, actor_id=None)
        client.force_login(user)
        return shop

    def addresses(self, ticket: TicketType) -> list[str]:
        date, page = ticket.occurrence_id, ticket.occurrence.event_id
        names = TicketType.snippet_viewset
        return [
            *(at(name, page) for name in ("rows", "add_date", "add_ticket", "copy_dates")),
            *(at(f"{verb}_date", date) for verb in ("edit", "duplicate", "postpone", "cancel", "delete")),
            *(at(f"{verb}_ticket", ticket.pk) for verb in ("edit", "stop", "resume", "delete")),
            *(reverse(names.get_url_name(name), args=[ticket.pk]) for name in ("edit", "history", "usage", "inspect")),
        ]

    def test_own_rows_open(self, client, seller):
        ticket = make_ticket(make_date(make_event(seller=seller)))
        for address in self.addresses(ticket):
            expected = {404} if address.endswith("/copy/") else {200, 302}
            assert client.get(address).status_code in expected, address

    def test_foreign_rows_do_not(self, client, seller):
        ticket = make_ticket(make_date(make_event()))
        for address in self.addresses(ticket):
            for answer in (client.get(address), client.post(address, ticket_form(), headers=DIALOG)):
                assert answer.status_code in {302, 403, 404, 405}, address
                assert answer.status_code != 302 or answer.url == reverse("wagtailadmin_home"), address
        assert TicketType.objects.count() == 1
        assert Offer.objects.get().active
        assert Occurrence.objects.get().status == "scheduled"

    def test_the_list_shows_own_tickets_only(self, client, seller):
        mine = make_ticket(make_date(make_event(seller=seller)), "Mine")
        make_ticket(make_date(make_event()), "Theirs")
        html = client.get(reverse(TicketType.snippet_viewset.get_url_name("list"))).content.decode()
        assert mine.name in html
        assert "Theirs" not in html

    def test_dates_of_another_shop_cannot_be_chosen_for_an_own_ticket(self, client, seller):
        own, foreign = make_date(make_event(seller=seller)), make_date(make_event())
        sent = ticket_form(dates=[str(own.pk), str(foreign.pk)])
        answer = client.post(at("add_ticket", own.event_id), sent, headers=DIALOG)
        assert answer.status_code == 422
        assert not TicketType.objects.exists()


def test_visitors_and_buyers_are_sent_to_log_in(client, event):
    assert client.get(at("rows", event.pk)).status_code == 302
    client.force_login(make_user())
    assert client.get(at("rows", event.pk)).status_code in {302, 403}


def test_a_hundred_tickets_cost_no_more_queries_than_two(editor, django_assert_max_num_queries):
    event = make_event()
    for days in range(1, 6):
        date = make_date(event, days=days, capacity=500)
        for number in range(4):
            make_ticket(date, f"Ticket {number}", whole=True)
    editor.get(at("rows", event.pk))
    with django_assert_max_num_queries(22):
        editor.get(at("rows", event.pk), headers=DIALOG)
