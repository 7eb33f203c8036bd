"""A whole event called off on its page: its coming dates' money waits, and its buyers are before a person."""

import pytest

from marketplace.commerce.models import BulkRefund
from marketplace.commerce.services import Decision
from marketplace.core import clock
from marketplace.events.models import EventPage, Occurrence, TicketType
from marketplace.events.services.follow_state import follow_state
from marketplace.events.services.refund_date import refund_date
from marketplace.payouts.models import Earning
from marketplace.payouts.services import release_due
from tests.factories.commerce import make_order
from tests.factories.events import make_date, make_event, make_ticket
from tests.marketplace.commerce.money import books_hold, make_shop, pay, sold, work

pytestmark = pytest.mark.django_db
State = EventPage.State


@pytest.fixture(autouse=True)
def _everything_agrees():
    yield
    books_hold()


@pytest.fixture
def ticket() -> TicketType:
    return make_ticket(make_date(make_event("Jazz Night", seller=make_shop())), price=100_000)


def say(ticket: TicketType, state: str) -> None:
    """An editor publishes the page."""
    page = EventPage.objects.get(pk=ticket.occurrence.event_id)
    page.state = state
    page.save_revision().publish()


def held() -> list[str]:
    return list(Earning.objects.order_by("pk").values_list("held_reason", flat=True))


@pytest.mark.parametrize(
    ("state", "cause", "reason"),
    [
        (State.CANCELLED, "cancelled", "This date was cancelled."),
        (State.POSTPONED, "postponed", "This date was postponed."),
    ],
)
def test_money_waits_and_buyers_wait_for_an_answer(ticket: TicketType, state: str, cause: str, reason: str):
    sold(ticket=ticket)
    say(ticket, state)
    assert held() == [reason]
    draft = BulkRefund.objects.get()
    assert (draft.subject, draft.status, draft.cause) == (f"date:{ticket.occurrence_id}", "draft", cause)
    Earning.objects.update(release_at=clock.now())
    assert release_due() == 0


def test_published_again_it_says_so_once(ticket: TicketType):
    sold(ticket=ticket)
    say(ticket, State.CANCELLED)
    say(ticket, State.CANCELLED)
    assert BulkRefund.objects.count() == 1


def test_when_it_takes_place_after_all_nobody_waits(ticket: TicketType):
    sold(ticket=ticket)
    say(ticket, State.CANCELLED)
    say(ticket, State.SCHEDULED)
    assert held() == [""]
    assert not BulkRefund.objects.exists()


def test_a_date_that_was_called_off_by_itself_stays_so(ticket: TicketType):
    sold(ticket=ticket)
    Occurrence.objects.filter(pk=ticket.occurrence_id).update(status="cancelled")
    say(ticket, State.CANCELLED)
    say(ticket, State.SCHEDULED)
    assert held() == [""], "nothing was held by the page, nothing is let go by it"


def test_what_has_taken_place_is_paid_out(ticket: TicketType):
    sold(ticket=ticket)
    gone = clock.in_seconds(-3600)
    Occurrence.objects.filter(pk=ticket.occurrence_id).update(start=clock.in_seconds(-7200), end=gone)
    say(ticket, State.CANCELLED)
    assert held() == [""]
    assert not BulkRefund.objects.exists()


def test_who_pays_too_late_waits_as_well_and_gets_an_answer(ticket: TicketType):
    late = make_order(offer=ticket.offer)
    say(ticket, State.CANCELLED)
    pay(late)
    work()
    assert held() == ["This date was cancelled."]
    asked = {"asked_by": "staff", "actor_id": 1}
    bulk = refund_date(occurrence_id=ticket.occurrence_id, number=1, decision=Decision(), **asked)
    assert bulk.status == "running"


def test_a_page_published_as_ever_asks_little(ticket: TicketType, django_assert_max_num_queries):
    sold(ticket=ticket)
    page = EventPage.objects.get(pk=ticket.occurrence.event_id)
    for _ in range(3):
        make_ticket(make_date(page), price=100_000)
    with django_assert_max_num_queries(5):
        follow_state(event=page)
