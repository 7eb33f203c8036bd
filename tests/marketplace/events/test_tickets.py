"""Ticket types: price and stock change when they are saved, with a trace, through commerce."""

import pytest

from marketplace.audit.models import LogEntry
from marketplace.catalog.services.put_offer import own_pool
from marketplace.catalog.terms import Stock, Terms
from marketplace.commerce.errors import CapacityBelowSold, OfferInvalid
from marketplace.commerce.models import Offer, StockPool
from marketplace.events.models import TicketType
from marketplace.events.services import change_ticket_type, delete_ticket_type
from tests.factories.events import in_a_cart, make_date, make_ticket

pytestmark = pytest.mark.django_db
KES = Terms(currency="KES", price_minor=100_000)


def change(ticket, *, name="Standing", terms=KES, stock=None, **fields):
    return change_ticket_type(
        ticket_type_id=ticket.pk, name=name, terms=terms, stock=stock, actor_id=3, **{"description": "", **fields}
    )


def test_a_new_price_is_an_entry_with_before_and_after():
    ticket = make_ticket(price=100_000)
    change(ticket, terms=Terms(currency="KES", price_minor=120_000))
    entry = LogEntry.objects.get(action="offer.changed", target_id=str(ticket.offer_id))
    assert (entry.data["before"]["price_minor"], entry.data["after"]["price_minor"]) == (100_000, 120_000)
    assert entry.actor_id == 3


def test_shillings_are_whole():
    ticket = make_ticket()
    with pytest.raises(OfferInvalid) as refusal:
        change(ticket, terms=Terms(currency="KES", price_minor=100_050))
    assert "price_minor" in refusal.value.details["errors"]
    assert Offer.objects.get(pk=ticket.offer_id).price_minor == 100_000


def test_a_refused_price_changes_no_words_either():
    ticket = make_ticket(name="Standing")
    with pytest.raises(OfferInvalid):
        change(ticket, name="Seated", terms=Terms(currency="KES", price_minor=-1))
    ticket.refresh_from_db()
    assert ticket.name == "Standing"


def test_capacity_never_falls_below_what_is_taken():
    ticket = make_ticket(capacity=10)
    in_a_cart(ticket, quantity=6)
    with pytest.raises(CapacityBelowSold) as refusal:
        change(ticket, stock=Stock(capacity=5))
    assert refusal.value.details["taken"] == 6
    change(ticket, stock=Stock(capacity=6))
    assert own_pool(ticket.offer, whole_id=None).capacity == 6


def test_stock_is_left_alone_unless_it_is_given():
    ticket = make_ticket(capacity=10)
    change(ticket, name="Other")
    assert own_pool(ticket.offer, whole_id=None).capacity == 10


def test_a_ticket_can_draw_on_the_venue_alone_or_on_nothing():
    date = make_date(capacity=100)
    ticket = make_ticket(date, capacity=10, whole=True)
    change(ticket, stock=Stock(whole=date.capacity_pool))
    assert list(ticket.offer.pools.all()) == [date.capacity_pool]
    change(ticket, stock=Stock())
    assert not ticket.offer.pools.exists()


def test_a_number_of_its_own_does_not_change_its_neighbors():
    date = make_date()
    adult, child = make_ticket(date, "Adult", capacity=40), make_ticket(date, "Child", capacity=None)
    pool = own_pool(adult.offer, whole_id=None)
    change(child, name="Child", stock=Stock(shared=pool))
    assert own_pool(child.offer, whole_id=None) == pool
    change(child, name="Child", stock=Stock(capacity=15))
    pool.refresh_from_db()
    assert pool.capacity == 40
    assert own_pool(child.offer, whole_id=None).capacity == 15


def test_what_is_free_costs_nothing_whatever_was_typed():
    ticket = make_ticket()
    change(ticket, terms=Terms(currency="KES", pricing="free", price_minor=5_000, suggested_minor=700))
    offer = Offer.objects.get(pk=ticket.offer_id)
    assert (offer.pricing, offer.price_minor, offer.suggested_minor) == ("free", 0, None)


def test_deleting_takes_the_offer_and_its_own_pool_and_leaves_the_venue():
    date = make_date(capacity=100)
    ticket = make_ticket(date, whole=True)
    delete_ticket_type(ticket_type=ticket, actor_id=None)
    assert not TicketType.objects.exists()
    assert not Offer.objects.exists()
    assert list(StockPool.objects.all()) == [date.capacity_pool]


def test_deleting_leaves_a_pool_that_another_ticket_uses():
    date = make_date()
    adult, child = make_ticket(date, "Adult", capacity=40), make_ticket(date, "Child", capacity=None)
    pool = own_pool(adult.offer, whole_id=None)
    change(child, name="Child", stock=Stock(shared=pool))
    delete_ticket_type(ticket_type=adult, actor_id=None)
    assert own_pool(child.offer, whole_id=None) == pool
