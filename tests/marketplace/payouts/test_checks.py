"""The proofs hold after everything that can happen, and name the row that is wrong."""

from collections.abc import Callable

import pytest

from marketplace.ledger.checks import Finding
from marketplace.payouts import checks
from marketplace.payouts.models import Earning, Payout, PayoutItem, Terms
from marketplace.payouts.services import propose_run
from tests.factories.commerce import make_seller
from tests.factories.payouts import heard, make_available, make_earning, make_payable, make_payout, refund, sent

pytestmark = pytest.mark.django_db
ALL = (checks.sales_and_accounts, checks.in_transit, checks.items_add_up, checks.items_are_postings,
       checks.payouts_and_transfers, checks.invoices)  # fmt: skip


def findings(*which: Callable[[], object]) -> list[Finding]:
    return [finding for one in which or ALL for finding in one()]  # type: ignore[attr-defined]


def test_they_hold_after_sales_releases_refunds_and_payouts_of_every_ending() -> None:
    Terms.objects.create(reserve_basis_points=1_000, reserve_days=30, payout_fee={"KES": 500}, valid_from="2020-01-01")
    make_earning(seller=make_seller(), fee=5_000)
    paid = heard(sent(make_payout(fee=5_000, commission_tax=800)), "paid")
    refund(paid.items.get().earning, fee_minor=5_000, commission_tax_minor=800)
    heard(sent(make_payout()), "failed")
    sent(make_payout())
    heard(heard(sent(make_payout()), "failed"), "paid")
    heard(heard(sent(make_payout()), "paid"), "reversed")
    other = make_payable()
    late = heard(sent(make_payout(other)), "failed")
    propose_run(actor_id=1)
    heard(sent(Payout.objects.filter(seller=other).latest("proposed_at")), "paid")
    heard(late, "paid")
    whole = make_payable(rail="mpesa_b2c")
    heard(sent(make_payout(whole, 100_077)), "paid")
    make_payout(whole, 50_000)
    assert findings() == []


def test_a_returned_share_without_an_entry_is_found() -> None:
    earning = make_available(make_payable())
    Earning.objects.filter(pk=earning.pk).update(returned_minor=10)
    (found,) = findings(checks.sales_and_accounts)
    assert found.where == f"seller {earning.seller_id} KES"
    assert "accounts hold 100000; sales less payouts come to 99990" in found.text


def test_a_payout_that_was_never_booked_is_found() -> None:
    payout = make_payout()
    Payout.objects.filter(pk=payout.pk).update(status="sending")
    assert findings(checks.in_transit)[0].where == f"seller {payout.seller_id} KES"
    assert findings(checks.payouts_and_transfers)[0].text == "is sending; its transfer: none"


def test_an_item_that_is_no_posting_or_is_missing_is_found() -> None:
    payout = make_payout()
    PayoutItem.objects.filter(payout=payout).update(minor=100_001)
    assert findings(checks.items_add_up)[0].text == "its items come to 100001, not 100000"
    assert findings(checks.items_are_postings)[0].text == "an item of 100001 stands for a posting of 100000"
