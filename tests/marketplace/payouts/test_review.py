"""Two people, never one's own, and every decision kept."""

import pytest
from django.db import DatabaseError, transaction

from marketplace.audit.models import LogEntry
from marketplace.core.models import OutboxEvent
from marketplace.notifications.models import Message
from marketplace.payouts.errors import NotWaiting, OwnPayout, ReasonNeeded, SecondPersonNeeded
from marketplace.payouts.models import Destination, PayoutDecision
from marketplace.payouts.services import (
    approve_payout,
    cancel_payout,
    hold_payout,
    let_go,
    refuse_own,
    reject_payout,
)
from marketplace.sellers.models import SellerMember
from tests.factories.payouts import make_payable, make_payout, owed, sent
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def test_one_person_is_enough_for_a_small_payout() -> None:
    payout = approve_payout(payout_id=make_payout().pk, actor_id=7)
    assert payout.status == "approved"
    assert OutboxEvent.objects.get(topic="payouts.approved").payload == {"payout_id": payout.pk}
    assert LogEntry.objects.get(action="payout.approve").actor_id == 7


def test_a_large_payout_needs_two_different_people() -> None:
    payout = make_payout(gross=50_000_000)
    assert approve_payout(payout_id=payout.pk, actor_id=7).status == "proposed"
    with pytest.raises(SecondPersonNeeded):
        approve_payout(payout_id=payout.pk, actor_id=7)
    assert approve_payout(payout_id=payout.pk, actor_id=8).status == "approved"


def test_a_currency_without_a_limit_always_needs_two() -> None:
    payout = make_payout(make_payable(currency="EUR"), gross=100, currency="EUR")
    assert payout.approvals_needed == 2


def test_nobody_approves_what_they_proposed_or_what_is_theirs() -> None:
    payout = make_payout()  # proposed by number 1
    with pytest.raises(OwnPayout):
        approve_payout(payout_id=payout.pk, actor_id=1)
    member = make_user("manager@example.com")
    SellerMember.objects.create(seller=payout.seller, user=member, role="manager")
    with pytest.raises(OwnPayout):
        approve_payout(payout_id=payout.pk, actor_id=member.pk)


def test_nobody_approves_or_settles_what_goes_to_a_place_they_chose() -> None:
    payout = make_payout()
    Destination.objects.filter(pk=payout.destination_id).update(actor_id=7)  # and left the shop since
    with pytest.raises(OwnPayout):
        approve_payout(payout_id=payout.pk, actor_id=7)
    payout = sent(payout)
    with pytest.raises(OwnPayout):
        refuse_own(disbursement_ids=[payout.disbursement_id], actor_id=7)
    refuse_own(disbursement_ids=[payout.disbursement_id], actor_id=8)


def test_a_hold_tells_the_seller_why_and_voids_earlier_agreement() -> None:
    payout = make_payout(gross=50_000_000)
    approve_payout(payout_id=payout.pk, actor_id=7)
    with pytest.raises(ReasonNeeded):
        hold_payout(payout_id=payout.pk, actor_id=7, reason="  ")
    hold_payout(payout_id=payout.pk, actor_id=7, reason="We check the event took place.")
    mail = Message.objects.get(template="seller_letter", subject__contains="on hold")
    assert "We check the event took place." in mail.text
    with pytest.raises(NotWaiting):
        approve_payout(payout_id=payout.pk, actor_id=8)
    let_go(payout_id=payout.pk, actor_id=8)
    assert approve_payout(payout_id=payout.pk, actor_id=8).status == "proposed"
    assert approve_payout(payout_id=payout.pk, actor_id=7).status == "approved"


@pytest.mark.parametrize(("decide", "status"), [(reject_payout, "rejected"), (cancel_payout, "cancelled")])
def test_rejected_and_cancelled_money_stays_with_the_seller(decide: object, status: str) -> None:
    payout = make_payout()
    ended = decide(payout_id=payout.pk, actor_id=7, reason="Not now.")  # type: ignore[operator]
    assert (ended.status, ended.reason) == (status, "Not now.")
    assert owed(payout.seller) == {"2120": 100_000}
    with pytest.raises(NotWaiting):
        approve_payout(payout_id=payout.pk, actor_id=8)


def test_decisions_stay() -> None:
    payout = make_payout()
    approve_payout(payout_id=payout.pk, actor_id=7)
    with pytest.raises(DatabaseError), transaction.atomic():
        PayoutDecision.objects.update(actor_id=8)
    with pytest.raises(DatabaseError), transaction.atomic():
        PayoutDecision.objects.all().delete()
