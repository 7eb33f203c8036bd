"""The event's page: prose in drafts, goods in rows, and neither harms the other."""

import pytest
from django.db.models import ProtectedError
from django.urls import reverse
from wagtail.models import Page
from wagtail.rich_text import RichText
from wagtail.test.utils.form_data import nested_form_data, streamfield

from marketplace.commerce.models import Offer
from marketplace.events.models import EventPage, Occurrence, TicketType
from marketplace.sellers.models import SellerMember
from marketplace.sellers.services import join_shop
from tests.factories.commerce import make_seller
from tests.factories.events import (
    in_a_cart,
    make_date,
    make_event,
    make_event_index,
    make_ticket,
    make_venue,
)
from tests.factories.storefront import swahili
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    client.force_login(make_user(role="Editors"))
    return client


def page_form(event: EventPage | None = None, **fields) -> dict[str, str]:
    given = {
        "title": event.title if event else "New Night",
        "slug": event.slug if event else "new-night",
        "seller": str(event.seller_id) if event else "",
        "category": "",
        "summary": "",
        "poster": "",
        "attendance": "in_person",
        "state": "scheduled",
        "venue": str(event.venue_id) if event else "",
        "online_url": "",
        "timezone": "Africa/Nairobi",
        "body": streamfield([]),
        "refund_rule": "ask",
        "refund_days": "7",
        "refund_percent": "100",
        "refund_policy": "",
        "seo_title": "",
        "search_description": "",
        "go_live_at": "",
        "expire_at": "",
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 0},
        **fields,
    }
    flat = {name: value for name, value in given.items() if not isinstance(value, dict)}
    nested = nested_form_data({name: value for name, value in given.items() if isinstance(value, dict)})
    return {**flat, **{key.replace("comments-", "wagtail_admin_comments-"): str(v) for key, v in nested.items()}}


def edit(client, event: EventPage, **fields):
    return client.post(reverse("wagtailadmin_pages:edit", args=[event.pk]), page_form(event, **fields))


def test_restoring_an_old_revision_touches_no_price_date_or_stock(editor):
    event = make_event("Before")
    date = make_date(event)
    ticket = make_ticket(date, price=100_000, capacity=50)
    old = EventPage.objects.get(pk=event.pk).save_revision()
    in_a_cart(ticket, quantity=2)
    Offer.objects.filter(pk=ticket.offer_id).update(price_minor=250_000)
    later = make_date(event, days=60)
    event = EventPage.objects.get(pk=event.pk)
    event.title = "After"
    event.save_revision().publish()

    url = reverse("wagtailadmin_pages:revisions_revert", args=[event.pk, old.pk])
    assert editor.get(url).status_code == 200
    answer = editor.post(
        reverse("wagtailadmin_pages:edit", args=[event.pk]),
        {**page_form(event, title="Before"), "revision": str(old.pk), "action-publish": "1"},
    )
    assert answer.status_code == 302
    offer = Offer.objects.get(pk=ticket.offer_id)
    assert EventPage.objects.get(pk=event.pk).title == "Before"
    assert (offer.title, offer.price_minor, offer.active) == ("Before", 250_000, True)
    pool = offer.pools.get()
    assert (pool.capacity, pool.held) == (50, 2)
    assert set(event.occurrences) == {date, later}


def test_a_revision_holds_no_goods():
    event = make_event()
    make_ticket(make_date(event))
    content = EventPage.objects.get(pk=event.pk).save_revision().content
    assert not {"occurrence_rows", "occurrences", "ticket_types"} & set(content)
    assert "price" not in str(content)


def test_deleting_a_page_that_was_ordered_from_is_refused_with_words(editor):
    event = make_event("Harvest Night")
    in_a_cart(make_ticket(make_date(event)))
    for send in (editor.get, editor.post):
        answer = send(reverse("wagtailadmin_pages:delete", args=[event.pk]), follow=True)
        assert "cannot be deleted" in answer.content.decode()
    assert EventPage.objects.filter(pk=event.pk).exists()
    assert TicketType.objects.exists()


def test_deleting_the_shelf_above_it_is_refused_too(client):
    client.force_login(make_user(role="superuser"))
    event = make_event()
    in_a_cart(make_ticket(make_date(event)))
    client.post(reverse("wagtailadmin_pages:delete", args=[make_event_index().pk]))
    assert EventPage.objects.filter(pk=event.pk).exists()


def test_deleting_many_at_once_is_refused_too(editor):
    sold, unsold = make_event(), make_event()
    in_a_cart(make_ticket(make_date(sold)))
    make_ticket(make_date(unsold))
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    editor.post(f"{url}?id={sold.pk}&id={unsold.pk}&next=/admin/")
    assert EventPage.objects.count() == 2
    assert TicketType.objects.count() == 2
    editor.post(f"{url}?id={unsold.pk}&next=/admin/")
    assert EventPage.objects.count() == 1


def test_deleting_a_page_nobody_ordered_from_takes_its_goods(editor):
    event = make_event()
    make_ticket(make_date(event, capacity=10))
    assert editor.get(reverse("wagtailadmin_pages:delete", args=[event.pk])).status_code == 200
    assert TicketType.objects.exists()
    answer = editor.post(reverse("wagtailadmin_pages:delete", args=[event.pk]))
    assert answer.status_code == 302
    assert not EventPage.objects.exists()
    assert not Occurrence.objects.exists()
    assert not Offer.objects.exists()


def test_the_database_itself_protects_the_page():
    event = make_event()
    make_date(event)
    with pytest.raises(ProtectedError):
        EventPage.objects.get(pk=event.pk).delete()


def test_deleting_the_original_hands_its_dates_to_a_translation(editor):
    event = make_event()
    ticket = make_ticket(make_date(event))
    in_a_cart(ticket)
    other = event.copy_for_translation(swahili(), copy_parents=True)
    other.save_revision().publish()
    editor.post(reverse("wagtailadmin_pages:delete", args=[event.pk]))
    assert not EventPage.objects.filter(pk=event.pk).exists()
    assert other.occurrence_rows.get().ticket_types.get() == ticket


def test_the_seller_and_the_clock_stay_once_there_are_dates(editor):
    event = make_event()
    make_date(event)
    answer = edit(editor, event, seller=str(make_seller().pk), timezone="Europe/London")
    assert answer.content.decode().count("This stays as it is") == 2
    event.refresh_from_db()
    assert EventPage.objects.get(pk=event.pk).get_latest_revision_as_object().timezone == "Africa/Nairobi"


def test_without_dates_they_may_change(editor):
    event = make_event()
    shop = make_seller()
    answer = edit(editor, event, seller=str(shop.pk), timezone="Europe/London", **{"action-publish": "1"})
    assert answer.status_code == 302
    event = EventPage.objects.get(pk=event.pk)
    assert (event.seller_id, event.timezone) == (shop.pk, "Europe/London")


def test_a_draft_may_lack_a_venue_and_a_published_page_may_not(editor):
    event = make_event(live=False)
    assert edit(editor, event, venue="").status_code == 302
    answer = edit(editor, event, venue="", **{"action-publish": "1"})
    assert "Where does it take place?" in answer.content.decode()
    assert edit(editor, event, venue="", attendance="online", **{"action-publish": "1"}).status_code == 302
    assert EventPage.objects.get(pk=event.pk).live


def test_who_sells_for_one_shop_has_it_chosen_already(client):
    shop = make_seller("Only One")
    make_seller("Another")
    user = make_user()
    join_shop(seller=shop, user=user, role=SellerMember.Role.OWNER, actor_id=None)
    client.force_login(user)
    url = reverse("wagtailadmin_pages:add", args=["events", "eventpage", make_event_index().pk])
    html = client.get(url).content.decode()
    assert f'<input type="hidden" name="seller" value="{shop.pk}"' in html
    assert "Only One" in html
    assert "Another" not in html


def test_the_tree_takes_pages_where_they_belong_and_nowhere_else():
    index = make_event_index()
    root, home = Page.objects.get(depth=1), index.get_parent().specific
    assert EventPage.can_create_at(index)
    assert not EventPage.can_create_at(home)
    assert not type(index).can_create_at(root)
    assert type(index).can_create_at(home)
    assert not make_event().allowed_subpage_models()


def test_events_are_found_by_title_summary_story_seller_and_place():
    event = make_event(
        "Harvest Night",
        summary="Drums by the river",
        body=[("text", RichText("<p>Bring a lantern.</p>"))],
        venue=make_venue(name="Boma", city="Kisumu"),
        seller=make_seller("Ziwa Collective"),
    )
    for words in ("Harvest", "Drums", "lantern", "Ziwa", "Kisumu", "Boma"):
        assert [page.pk for page in EventPage.objects.search(words)] == [event.pk], words
    assert [page.pk for page in EventPage.objects.autocomplete("Harv")] == [event.pk]


def test_the_online_link_is_not_in_the_search_index():
    make_event(attendance="hybrid", online_url="https://stream.example/secretroom")
    assert not EventPage.objects.search("secretroom").count()
