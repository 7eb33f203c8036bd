import pytest

from marketplace.audit.models import LogEntry
from marketplace.core.states import IllegalMove
from marketplace.ticketing import services
from marketplace.ticketing.models import Ticket
from tests.factories.ticketing import a_ticket_line

pytestmark = pytest.mark.django_db


def test_every_ticket_of_the_line_ends_and_the_log_says_why():
    line = a_ticket_line(quantity=2)
    services.issue_tickets(line=line)
    assert services.void_tickets(line=line, actor_id=7, reason="refund") == 2
    assert set(Ticket.objects.values_list("status", flat=True)) == {"void"}
    entries = LogEntry.objects.filter(action="ticket.voided")
    assert {(entry.actor_id, entry.data["reason"]) for entry in entries} == {(7, "refund")}


def test_repeating_it_changes_nothing():
    line = a_ticket_line()
    services.issue_tickets(line=line)
    services.void_tickets(line=line, actor_id=None, reason="refund")
    ended = Ticket.objects.get().voided_at
    assert services.void_tickets(line=line, actor_id=None, reason="refund") == 0
    assert Ticket.objects.get().voided_at == ended


def test_issuing_again_does_not_revive_a_void_ticket():
    line = a_ticket_line()
    services.issue_tickets(line=line)
    services.void_tickets(line=line, actor_id=None, reason="refund")
    (ticket,) = services.issue_tickets(line=line)
    assert ticket.status == "void"
    with pytest.raises(IllegalMove):
        ticket.move_to(Ticket.Status.VALID)
