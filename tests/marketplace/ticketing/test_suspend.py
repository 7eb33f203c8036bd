"""While a bank asks, tickets open no door; afterwards they do again."""

import pytest

from marketplace.audit.models import LogEntry
from marketplace.commerce.fulfillment import fulfiller
from marketplace.ticketing import services
from marketplace.ticketing.attachments import make_pdf
from marketplace.ticketing.models import Ticket
from marketplace.ticketing.standing import standing_of
from tests.factories.ticketing import a_ticket_line

pytestmark = pytest.mark.django_db


def issued(quantity: int = 3):
    line = a_ticket_line(quantity=quantity)
    services.issue_tickets(line=line)
    return line


def statuses() -> list[str]:
    return list(Ticket.objects.order_by("position").values_list("status", flat=True))


def test_live_ones_are_held_back_and_come_back():
    line = issued()
    Ticket.objects.filter(position=2).update(status="used")
    services.void_tickets(line=line, positions=[3], actor_id=1, reason="refund")
    assert services.suspend_tickets(line=line, reason="dispute") == 1
    assert services.suspend_tickets(line=line, reason="dispute") == 0
    assert statuses() == ["suspended", "used", "void"]
    assert services.resume_tickets(line=line, reason="won") == 1
    assert statuses() == ["valid", "used", "void"]
    assert LogEntry.objects.filter(action__in=("ticket.suspended", "ticket.resumed")).count() == 2


def test_a_suspended_one_opens_no_door_and_is_in_no_file():
    line = issued(1)
    services.suspend_tickets(line=line, reason="dispute")
    standing = standing_of(Ticket.objects.select_related("occurrence__event").get())
    assert (standing.code, standing.opens_doors, standing.over) == ("suspended", False, False)
    assert make_pdf(str(line.pk)) is None


def test_a_suspended_one_can_end():
    line = issued(1)
    services.suspend_tickets(line=line, reason="dispute")
    services.void_tickets(line=line, actor_id=None, reason="lost")
    assert statuses() == ["void"]
    assert services.resume_tickets(line=line, reason="won") == 0


def test_units_say_which_are_used_and_which_have_ended():
    line = issued()
    Ticket.objects.filter(position=2).update(status="used")
    fulfiller("ticket").withdraw(line, positions=[3], reason="refund")
    found = [(unit.position, unit.live, unit.used) for unit in fulfiller("ticket").units(line)]
    assert found == [(1, True, False), (2, True, True), (3, False, False)]
