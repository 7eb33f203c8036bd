"""Money that comes after the time to pay was over and the seat was sold to somebody else."""

from marketplace.commerce.models import OrderReview
from marketplace.ledger.accounts import Code
from marketplace.ledger.models import Entry
from tests.factories.shop import open_event
from tests.purchase import Purchase, everything_adds_up
from tests.stack import Stack


class TestSuccessAfterTheHoldExpired:
    def test_it_goes_back_by_itself_the_buyer_is_told_and_nothing_is_oversold(self, site: Stack) -> None:
        site.control("settings", late_seconds=600)
        site.control("next", outcome="late", delay=0)
        event = open_event(capacity=1)
        with Purchase(site, event) as late, Purchase(site, event) as second:
            late.check_out()
            late.look_now()
            late.until_payment("failed")
            late.let_deadline_pass()
            late.until_order("expired")
            assert event.counted() == (0, 0)

            second.check_out()
            second.press("pay")
            second.ends_well()

            site.control("clock", advance=601)
            late.until(lambda: late.mails, what="the buyer is told")
            self.goes_back(late)
            assert [mail.key for mail in late.messages()] == [f"order:{late.order.code}:returned:{late.payment.pk}"]
            assert "Paid after the order had ended" in late.page().text
            assert event.counted() == (0, 1)
            second.ends_well()

    def goes_back(self, late: Purchase) -> None:
        [review] = OrderReview.objects.filter(order=late.order)
        assert (review.reason, review.payment_id, review.resolution) == ("late_payment", late.payment.pk, "given back")
        assert (late.order.status, late.payment.status) == ("expired", "succeeded")
        total = late.order.total_minor
        [aside] = late.entries("unallocated")
        assert self.booked(aside) == {str(Code.MPESA_CLEARING): total, str(Code.UNALLOCATED): -total}
        [back] = late.entries("refund")
        assert self.booked(back) == {str(Code.UNALLOCATED): total, str(Code.REFUNDS_IN_TRANSIT): -total}
        late.until(lambda: late.payment.refunds.get().status == "succeeded", what="M-Pesa has taken it back")
        assert late.entries("sale") == []
        everything_adds_up()

    def booked(self, entry: Entry) -> dict[str, int]:
        return {posting.account.code: posting.minor for posting in entry.postings.select_related("account")}
