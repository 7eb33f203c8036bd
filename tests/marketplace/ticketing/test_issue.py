import threading

import pytest
from django.db import connections
from wagtail.models import Locale

from marketplace.events.models import TicketType
from marketplace.ticketing import services
from marketplace.ticketing.models import SigningKey, Ticket
from tests.factories.ticketing import a_date, a_line, a_seller, a_ticket_line, a_ticket_type, an_event, an_offer


@pytest.mark.django_db
def test_one_ticket_per_unit_sold_each_its_own():
    tickets = services.issue_tickets(line=a_ticket_line(quantity=3))
    assert [ticket.position for ticket in tickets] == [1, 2, 3]
    assert len({ticket.token for ticket in tickets}) == len({ticket.code for ticket in tickets}) == 3
    assert {ticket.status for ticket in tickets} == {"valid"}


@pytest.mark.django_db
def test_issuing_again_changes_nothing():
    line = a_ticket_line(quantity=2)
    first = services.issue_tickets(line=line)
    assert services.issue_tickets(line=line) == first
    assert Ticket.objects.count() == 2


@pytest.mark.django_db
def test_what_a_killed_worker_left_undone_is_completed():
    line = a_ticket_line(quantity=3)
    services.issue_tickets(line=line)
    kept = Ticket.objects.get(position=2)
    Ticket.objects.exclude(position=2).delete()
    tickets = services.issue_tickets(line=line)
    assert [ticket.position for ticket in tickets] == [1, 2, 3]
    assert tickets[1] == kept


@pytest.mark.django_db
def test_the_buyer_is_the_first_guest():
    names = [t.attendee_name for t in services.issue_tickets(line=a_ticket_line(quantity=2, buyer="Amina"))]
    assert names == ["Amina", ""]


@pytest.mark.django_db
def test_it_takes_the_words_of_the_buyers_language():
    kind = a_ticket_type(a_date(an_event(a_seller())))
    swahili, _new = Locale.objects.get_or_create(language_code="sw")
    other = a_ticket_type(kind.occurrence, offer=kind.offer, locale=swahili, translation_key=kind.translation_key)
    (ticket,) = services.issue_tickets(line=a_line(kind.offer, locale="sw"))
    assert ticket.ticket_type == other
    (ticket,) = services.issue_tickets(line=a_line(kind.offer, locale="fr"))
    assert ticket.ticket_type == kind


@pytest.mark.django_db
def test_an_offer_that_is_no_ticket_is_an_error_that_is_heard():
    with pytest.raises(TicketType.DoesNotExist):
        services.issue_tickets(line=a_line(an_offer(a_seller())))


def test_many_workers_at_once_issue_each_ticket_once(committed_db):
    line = a_ticket_line(quantity=5)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            services.issue_tickets(line=line)
        except BaseException as error:  # noqa: BLE001 (reported below)
            errors.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not errors
    assert sorted(Ticket.objects.values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    assert SigningKey.objects.count() == 1
