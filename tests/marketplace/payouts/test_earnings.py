"""What a sale earns, and what refunds and disputes take of it: the rows and the books agree after each."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from marketplace.core import clock
from marketplace.ledger.accounts import AccountKey, Code
from marketplace.ledger.services import post, reverse
from marketplace.payouts.errors import NoEarning, OverReturned
from marketplace.payouts.models import Earning, Terms
from marketplace.payouts.services import (
    Part,
    Sold,
    earn,
    end_dispute_lines,
    even_out,
    hold_disputed_lines,
    hold_earnings,
    let_go_earnings,
    postpone_release,
    release_due,
    take_back,
    undo_take_back_lines,
)
from tests.factories.commerce import make_seller
from tests.factories.payouts import make_earning, owed, refund

pytestmark = pytest.mark.django_db


def test_a_line_earns_once_however_often_the_sale_is_told() -> None:
    seller, at = make_seller(), clock.now()
    sold = Sold(7, seller.pk, "ticket", "", "1 x Jazz", 1_000, 50, 138, 8, None)
    for _ in range(2):
        earn(reference="A1", currency="KES", sold=[sold], at=at)
    earning = Earning.objects.get()
    assert (earning.share_minor, earning.release_at) == (804, at + timedelta(days=3))


def test_the_terms_at_the_time_of_sale_are_copied() -> None:
    seller, today = make_seller(), clock.now().date()
    Terms.objects.create(hold_days=5, valid_from=today)
    Terms.objects.create(category="music", hold_days=6, valid_from=today)
    Terms.objects.create(seller=seller, hold_days=7, reserve_basis_points=1_000, reserve_days=30, valid_from=today)
    Terms.objects.create(seller=seller, category="music", hold_days=8, valid_from=today)
    Terms.objects.create(seller=seller, hold_days=99, valid_from=today + timedelta(days=2))
    assert make_earning().hold_days == 5
    assert make_earning(category="music").hold_days == 6
    assert make_earning(seller=seller).reserve_basis_points == 1_000
    assert make_earning(seller=seller, category="music").hold_days == 8


def test_a_hold_counts_from_the_service_not_from_the_sale() -> None:
    service = clock.now() + timedelta(days=20)
    assert make_earning(service_date=service).release_at == service + timedelta(days=3)
    late = make_earning(service_date=clock.now() - timedelta(days=20))
    assert late.release_at == late.earned_at + timedelta(days=3)


def test_a_refund_before_release_leaves_the_pending_account() -> None:
    earning = make_earning(gross=100_000, fee=5_000)
    refund(earning, share=40_000, fee_minor=2_000)
    earning.refresh_from_db()
    assert (earning.returned_minor, earning.fee_returned_minor, earning.left_minor) == (40_000, 2_000, 55_000)
    assert owed(earning.seller) == {"2110": 55_000}


def test_a_refund_after_release_takes_the_available_then_the_reserve_then_makes_a_debt() -> None:
    seller = make_seller()
    Terms.objects.create(reserve_basis_points=1_000, reserve_days=30, valid_from="2020-01-01")
    old = clock.now() - timedelta(days=10)
    released, other = make_earning(seller=seller, at=old), make_earning(seller=seller)
    release_due()
    released.refresh_from_db()
    assert owed(seller) == {"2110": 100_000, "2120": 90_000, "2130": 10_000}
    spend(seller.pk, 60_000)
    refund(released)
    assert owed(seller) == {"2110": 100_000, "1110": -60_000}
    assert Earning.objects.get(pk=other.pk).left_minor == 100_000


def test_two_lines_of_one_seller_are_not_promised_the_same_balance() -> None:
    seller, old = make_seller(), clock.now() - timedelta(days=10)
    both = [make_earning(seller=seller, at=old) for _ in range(2)]
    release_due()
    spend(seller.pk, 150_000)
    for earning in both:
        earning.refresh_from_db()
    refund(*both)
    assert owed(seller) == {"1110": -150_000}


def test_no_more_is_taken_back_than_is_left() -> None:
    earning = make_earning(gross=1_000)
    refund(earning, share=600)
    with pytest.raises(OverReturned):
        refund(earning, share=401)
    with pytest.raises(NoEarning):
        take_back(line_id=424242, share_minor=1)
    assert take_back(line_id=424242, share_minor=0) == {}


def test_the_database_itself_refuses_to_return_more_than_was_earned() -> None:
    earning = make_earning(gross=1_000)
    with pytest.raises(IntegrityError), transaction.atomic():
        Earning.objects.filter(pk=earning.pk).update(returned_minor=900, disputed_minor=101)


def test_a_refund_undone_after_the_release_ends_on_the_available_account() -> None:
    earning = make_earning(at=clock.now() - timedelta(days=10))
    entry = refund(earning, share=30_000)
    release_due()
    assert owed(earning.seller) == {"2120": 70_000}
    undo_take_back_lines([Part(earning.line_id, 30_000)])
    reverse(entry=entry, key="undone")
    even_out(seller_id=earning.seller_id, currency="KES")
    assert owed(earning.seller) == {"2120": 100_000}
    assert even_out(seller_id=earning.seller_id, currency="KES") == 0


def test_a_dispute_holds_the_share_and_a_won_one_gives_it_back() -> None:
    earning = make_earning(at=clock.now() - timedelta(days=10))
    part = Part(earning.line_id, 100_000)
    entry = dispute(part)
    assert owed(earning.seller) == {"2150": 100_000}
    assert release_due() == 0, "nothing of a disputed sale is released"
    end_dispute_lines([part], lost=False)
    reverse(entry=entry, key="won")
    assert release_due() == 1
    assert owed(earning.seller) == {"2120": 100_000}


def test_a_dispute_after_the_payout_is_a_debt_and_won_it_is_none() -> None:
    earning = make_earning(at=clock.now() - timedelta(days=10))
    release_due()
    spend(earning.seller_id, 100_000)
    part = Part(earning.line_id, 100_000)
    entry = dispute(part)
    assert owed(earning.seller) == {"1110": -100_000, "2150": 100_000}
    make_earning(seller=earning.seller, gross=30_000, at=clock.now() - timedelta(days=9))
    release_due()
    assert owed(earning.seller) == {"1110": -70_000, "2150": 100_000}, "the debt is paid from the next release"
    end_dispute_lines([part], lost=False)
    reverse(entry=entry, key="won")
    even_out(seller_id=earning.seller_id, currency="KES")
    assert owed(earning.seller) == {"2120": 30_000}, "what was recovered meanwhile came back"


def test_a_lost_dispute_is_a_share_returned() -> None:
    earning = make_earning(gross=100_000, fee=5_000)
    part = Part(earning.line_id, 95_000, fee_minor=5_000)
    dispute(part)
    end_dispute_lines([part], lost=True)
    earning.refresh_from_db()
    assert (earning.disputed_minor, earning.returned_minor, earning.fee_returned_minor) == (0, 95_000, 5_000)


def test_money_of_a_postponed_or_cancelled_service_waits() -> None:
    earning = make_earning(at=clock.now() - timedelta(days=10))
    later = clock.now() + timedelta(days=30)
    hold_earnings(line_ids=[earning.line_id], reason="The event was cancelled.")
    assert release_due() == 0
    let_go_earnings(line_ids=[earning.line_id])
    postpone_release(line_ids=[earning.line_id], service_date=later)
    assert release_due() == 0
    earning.refresh_from_db()
    assert (earning.held_reason, earning.release_at) == ("", later + timedelta(days=3))


def dispute(part: Part) -> object:
    """A bank took the money back: as commerce books it."""
    with transaction.atomic():
        lines = hold_disputed_lines([part])
        seller = next(iter(lines)).owner
        lines[AccountKey(Code.SELLER_DISPUTE_HOLD, seller)] = -part.share_minor
        return post(key=f"dispute:{part.line_id}", kind="dispute_opened", currency="KES", lines=lines)


def spend(seller_id: int, minor: int) -> None:
    """A payout that was paid."""
    seller, transit = f"seller:{seller_id}", AccountKey(Code.PAYOUT_IN_TRANSIT, f"seller:{seller_id}")
    post(key=f"out:{seller_id}", kind="payout", currency="KES",
         lines={AccountKey(Code.SELLER_AVAILABLE, seller): minor, transit: -minor})  # fmt: skip
    post(key=f"paid:{seller_id}", kind="payout_settled", currency="KES",
         lines={transit: minor, AccountKey(Code.BANK): -minor})  # fmt: skip
