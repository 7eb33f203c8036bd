"""Ticket types as snippets: listed with figures, searched, translated; with a history and no way back in it."""

import pytest
from django.urls import NoReverseMatch, reverse

from marketplace.catalog.terms import Terms
from marketplace.events.models import TicketType
from marketplace.events.services import change_ticket_type
from marketplace.sellers.models import Seller
from tests.factories.events import in_a_cart, make_date, make_event, make_ticket
from tests.factories.storefront import swahili
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def at(name: str, *args: int) -> str:
    return reverse(TicketType.snippet_viewset.get_url_name(name), args=args)


@pytest.fixture
def editor(client):
    user = make_user("editor@example.com", role="Editors")
    client.force_login(user)
    return client


def test_the_list_tells_event_date_price_and_figures(editor):
    event = make_event("Harvest Night")
    in_a_cart(make_ticket(make_date(event), "Terrace", price=150_000, capacity=40), quantity=3)
    html = editor.get(at("list")).content.decode()
    for words in ("Terrace", "Harvest Night", "KES 1,500", "On sale", "37"):
        assert words in html


def test_the_figures_of_a_list_cost_the_same_for_any_number(editor, django_assert_max_num_queries):
    for days in range(1, 11):
        date = make_date(make_event(), days=days)
        make_ticket(date, "One")
        make_ticket(date, "Two")
    editor.get(at("list"))
    by_wagtail = TicketType.objects.count()  # its "Translate" button asks once per row
    with django_assert_max_num_queries(25 + by_wagtail):
        editor.get(at("list"))


def test_tickets_are_found_by_name_and_by_event(editor):
    make_ticket(make_date(make_event("Harvest Night")), "Terrace")
    make_ticket(make_date(make_event("Fog")), "Standing")
    for words in ("terrace", "harvest"):
        html = editor.get(at("list"), {"q": words}).content.decode()
        assert "Terrace" in html
        assert "Standing" not in html
    html = editor.get(at("list"), {"offer__pricing": "free"}).content.decode()
    assert "Terrace" not in html


def test_history_tells_who_changed_which_price_when(editor):
    ticket = make_ticket(price=100_000)
    actor = make_user("amina@example.com")
    change_ticket_type(
        ticket_type_id=ticket.pk,
        name="Standing",
        terms=Terms(currency="KES", price_minor=120_000),
        stock=None,
        actor_id=actor.pk,
    )
    html = editor.get(at("history", ticket.pk)).content.decode()
    assert "price: KES 1,000 → <b>KES 1,200</b>" in html
    assert "amina@example.com" in html
    assert "how many: nothing → <b>50</b>" in html


def test_there_is_no_way_back_to_an_old_price(editor):
    ticket = make_ticket()
    for name in ("revisions_revert", "revisions_view", "copy", "unpublish"):
        with pytest.raises(NoReverseMatch):
            at(name, ticket.pk)
    editor.post(at("delete", ticket.pk))
    editor.post(at("edit", ticket.pk), {"name": "Other"})
    bulk = reverse("wagtail_bulk_action", args=["events", "tickettype", "delete"])
    editor.post(f"{bulk}?id={ticket.pk}&next=/admin/")
    ticket.refresh_from_db()
    assert ticket.name == "Standing"


def test_adding_begins_with_the_event(editor):
    event = make_event()
    make_date(event)
    assert editor.get(at("add")).status_code == 200
    assert editor.post(at("add"), {"page": str(event.pk)}).url == reverse("event_rows:add_ticket", args=[event.pk])
    assert editor.post(at("add"), {"page": "4242"}).status_code == 422


def test_a_translation_is_words_and_not_another_offer(editor):
    ticket = make_ticket(name="Standing")
    swahili()
    url = reverse("simple_translation:submit_snippet_translation", args=["events", "tickettype", ticket.pk])
    editor.post(url, {"locales": [str(swahili().pk)]})
    words = TicketType.objects.get(locale=swahili())
    assert words.offer_id == ticket.offer_id
    change_ticket_type(
        ticket_type_id=words.pk, name="Kusimama", terms=Terms.of(ticket.offer), stock=None, actor_id=None
    )
    ticket.offer.refresh_from_db()
    ticket.refresh_from_db()
    assert (ticket.name, ticket.offer.name) == ("Standing", "Standing")


def test_staff_open_shops_and_each_gets_its_own_collection(client):
    client.force_login(make_user(role="Admins"))
    names = Seller.snippet_viewset
    form = {
        "name": "Ziwa",
        "slug": "ziwa",
        "tagline": "",
        "about": "",
        "logo": "",
        "city": "Kisumu",
        "country": "KE",
        "email": "",
        "website": "",
        "fee_mode": "absorbed",
        "fee_basis_points": "500",
        "fee_fixed": "{}",
    }
    assert client.post(reverse(names.get_url_name("add")), form).status_code == 302
    shop = Seller.objects.get()
    assert shop.collection.name == "Ziwa"
    answer = client.post(reverse(names.get_url_name("edit"), args=[shop.pk]), {**form, "fee_basis_points": "700"})
    assert answer.status_code == 302
    shop.refresh_from_db()
    assert shop.fee_basis_points == 700
