"""What the demo tells of the last weeks is what the services left behind: it adds up, and every desk has something."""

import pytest

from marketplace.commerce.models import OrderRefund
from marketplace.core.models import OutboxEvent
from marketplace.payments.models import Break, Dispute, PaybillReceipt
from marketplace.payouts.models import CommissionInvoice, Earning, Payout, PayoutSkip
from tests.factories.demo import load_what_is_sold

pytestmark = pytest.mark.django_db


def test_the_demos_money_is_proved_and_every_desk_has_something_to_show() -> None:
    run = load_what_is_sold()
    assert run.passed, [result for result in run.results if result["wrong"]]
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()

    assert set(OrderRefund.objects.values_list("status", flat=True)) == {"asked", "sending", "done", "refused"}
    assert set(Payout.objects.values_list("status", flat=True)) == {"paid", "sending", "proposed"}
    assert Payout.objects.filter(status="proposed").exclude(signals=[]).exists()
    assert "unverified" in PayoutSkip.objects.values_list("code", flat=True)
    assert CommissionInvoice.objects.exists()
    assert Earning.objects.filter(status="pending").exists()
    assert Earning.objects.filter(reserve_minor__gt=0, reserve_matured_at=None).exists()
    assert Dispute.objects.get().is_open
    assert PaybillReceipt.objects.get().status == "unallocated"
    assert Break.objects.get().kind == "missing_here"
