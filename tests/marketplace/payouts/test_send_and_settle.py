"""From approved to arrived, and every way it may not arrive. The books say the same as the rows after each step."""

import pytest

from marketplace.audit.models import LogEntry
from marketplace.ledger.accounts import Code
from marketplace.ledger.selectors import balance, entries_for
from marketplace.notifications.models import Message
from marketplace.payments.errors import NotCancellable
from marketplace.payments.models import Disbursement
from marketplace.payments.rails.base import destination_of
from marketplace.payouts.models import CommissionInvoice, LevyRate, Payout, Terms, Verification
from marketplace.payouts.services import cancel_payout, follow_up, propose_run, send_payout, settle_payout
from tests.factories.payouts import (
    heard,
    make_available,
    make_destination,
    make_payable,
    make_payout,
    owed,
    refund,
    sent,
)

pytestmark = pytest.mark.django_db


def cash(code: Code = Code.BANK, owner: str = "") -> int:
    return balance(code=code, owner=owner, currency="KES")


def with_tax_and_fee() -> None:
    LevyRate.objects.create(kind="withholding", country="KE", resident=True, basis_points=500, valid_from="2025-01-01")
    Terms.objects.create(payout_fee={"KES": 1_000}, valid_from="2020-01-01")


def test_sending_books_the_payout_and_orders_it_in_one_go() -> None:
    with_tax_and_fee()
    payout = sent(make_payout())
    disbursement = payout.disbursement
    assert payout.status == "sending"
    assert disbursement is not None
    assert (disbursement.key, disbursement.amount_minor, disbursement.purpose) == (
        f"payout-{payout.code}", 94_000, "payout"
    )  # fmt: skip
    assert destination_of(disbursement)["number"] == f"{payout.seller_id:08d}"
    assert owed(payout.seller) == {"2140": 94_000}
    assert (cash(Code.WITHHOLDING_PAYABLE, "tax:KE"), cash(Code.RECHARGED_FEES)) == (-5_000, -1_000)


def test_sending_twice_sends_once() -> None:
    payout = sent(make_payout())
    send_payout(payout_id=payout.pk)
    assert Disbursement.objects.count() == 1
    assert owed(payout.seller) == {"2140": 100_000}


def test_paid_leaves_nothing_in_transit_and_tells_the_seller_once() -> None:
    payout = heard(sent(make_payout()), "paid", receipt="TKL1234567")
    settle_payout(disbursement_id=payout.disbursement_id)
    assert (payout.status, owed(payout.seller), cash()) == ("paid", {}, -100_000)
    mail = Message.objects.get(subject="KES 1,000 is with you")
    assert "TKL1234567" in mail.text
    statement = f"http://localhost:8000/admin/money/{payout.seller_id}/payouts/{payout.code}/"
    assert f"Open the statement: {statement}" in mail.text


def test_failed_is_undone_exactly_and_the_seller_told_why() -> None:
    with_tax_and_fee()
    payout = heard(sent(make_payout()), "failed", code="2040", text="Credit Party customer type can't be supported")
    assert (payout.status, owed(payout.seller)) == ("failed", {"2120": 100_000})
    assert (cash(Code.WITHHOLDING_PAYABLE, "tax:KE"), cash(Code.RECHARGED_FEES)) == (0, 0)
    assert "customer type" in Message.objects.get(subject__contains="did not arrive").text
    out, back = entries_for(payout.code)
    assert back.reverses_id == out.pk


def test_paid_after_failed_is_booked_again_even_if_the_money_went_elsewhere_meanwhile() -> None:
    payout = heard(sent(make_payout()), "failed")
    heard(payout, "paid")
    assert (payout.seller.pk, owed(payout.seller), cash()) == (payout.seller_id, {}, -100_000)

    other = make_payable()
    first = heard(sent(make_payout(other)), "failed")
    propose_run(actor_id=1)
    heard(sent(Payout.objects.filter(seller=other).latest("proposed_at")), "paid")
    heard(first, "paid")
    assert owed(other) == {"1110": -100_000}, "paid twice by the rail: the seller owes it"
    assert cash() == -300_000


def test_money_that_came_back_is_the_sellers_again() -> None:
    payout = heard(heard(sent(make_payout()), "paid"), "reversed", text="Returned by the bank")
    assert (payout.status, owed(payout.seller), cash()) == ("failed", {"2120": 100_000}, 0)
    again = heard(payout, "paid")
    assert (again.status, owed(payout.seller), cash()) == ("paid", {}, -100_000)


def test_a_changed_destination_cancels_what_was_approved_for_the_old_one() -> None:
    payout = make_payout()
    make_destination(payout.seller, number="99990000")
    payout = sent(payout)
    assert (payout.status, Disbursement.objects.count()) == ("cancelled", 0)
    assert "destination was changed" in payout.reason
    assert LogEntry.objects.filter(action="payout.cancel", actor_id=None).count() == 1
    propose_run(actor_id=1)
    assert Payout.objects.latest("proposed_at").destination.hint == "KCB ...0000"


def test_a_balance_that_covers_it_no_longer_cancels_it() -> None:
    payout = make_payout()
    refund(payout.items.get().earning, share=1)
    payout = sent(payout)
    assert payout.status == "cancelled"
    assert "covers it no longer" in payout.reason
    assert owed(payout.seller) == {"2120": 99_999}
    propose_run(actor_id=1)
    assert Payout.objects.latest("proposed_at").gross_minor == 99_999


def test_a_verification_taken_back_cancels_it() -> None:
    payout = make_payout()
    Verification.objects.update(status="rejected")
    assert sent(payout).status == "cancelled"


def test_what_the_rail_refuses_outright_is_cancelled_with_its_words() -> None:
    payout = make_payout(make_payable(rail="mpesa_b2c"))
    Payout.objects.filter(pk=payout.pk).update(net_minor=99_950, withholding_minor=50)
    payout = sent(payout)
    assert payout.status == "cancelled"
    assert "whole shillings" in payout.reason
    assert owed(payout.seller) == {"2120": 100_000}


def test_an_order_the_rail_has_not_heard_of_can_be_taken_back() -> None:
    payout = sent(make_payout())
    cancel_payout(payout_id=payout.pk, actor_id=7, reason="Wrong month.")
    payout.refresh_from_db()
    assert (payout.status, owed(payout.seller)) == ("cancelled", {"2120": 100_000})


def test_an_order_the_rail_may_have_heard_of_cannot() -> None:
    payout = sent(make_payout())
    Disbursement.objects.update(status="sent")
    with pytest.raises(NotCancellable):
        cancel_payout(payout_id=payout.pk, actor_id=7, reason="Wrong month.")
    assert owed(payout.seller) == {"2140": 100_000}


def test_unknown_stays_in_transit_until_somebody_knows() -> None:
    payout = sent(make_payout())
    Disbursement.objects.update(status="unknown")
    settle_payout(disbursement_id=payout.disbursement_id)
    payout.refresh_from_db()
    assert (payout.status, owed(payout.seller)) == ("unknown", {"2140": 100_000})
    propose_run(actor_id=1)
    assert Payout.objects.count() == 1, "never sent again under another name"
    assert heard(payout, "paid").status == "paid"


def test_news_that_got_lost_is_found() -> None:
    payout = sent(make_payout())
    Disbursement.objects.update(status="paid")
    assert follow_up() == 1
    assert follow_up() == 0
    payout.refresh_from_db()
    assert payout.status == "paid"


def test_our_commission_is_billed_once_and_what_is_given_back_is_credited() -> None:
    seller = make_payable()
    one, two = make_available(seller, 100_000, fee=5_000, commission_tax=800), make_available(seller, 50_000, fee=2_500)
    propose_run(actor_id=1)
    first = heard(sent(Payout.objects.get()), "paid")
    invoice = first.invoice
    assert (invoice.fee_minor, invoice.tax_minor, invoice.total_minor, invoice.lines.count()) == (7_500, 800, 8_300, 2)
    refund(one, share=47_100, fee_minor=2_500, commission_tax_minor=400)
    second = heard(sent(make_payout(seller, 90_000, fee=4_500)), "paid")
    lines = {line.earning_id: (line.fee_minor, line.tax_minor) for line in second.invoice.lines.all()}
    assert lines.pop(one.pk) == (-2_500, -400)
    assert list(lines.values()) == [(4_500, 0)]
    assert two.pk not in lines
    numbers = list(CommissionInvoice.objects.order_by("sequence").values_list("sequence", flat=True))
    assert numbers == [1, 2]
    assert str(first.invoice).startswith("C20")


def test_a_failed_payout_bills_nothing() -> None:
    heard(sent(make_payout(fee=5_000)), "failed")
    assert not CommissionInvoice.objects.exists()
