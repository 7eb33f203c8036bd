"""Money that comes after the time to pay was over and the seat was sold to somebody else."""

from marketplace.commerce.models import OrderReview
from marketplace.ledger.accounts import Code
from tests.factories.shop import open_event
from tests.purchase import Purchase, everything_adds_up
from tests.stack import Stack


class TestSuccessAfterTheHoldExpired:
    def test_it_is_recorded_and_put_before_a_person_and_nothing_is_oversold(self, site: Stack) -> None:
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
            late.until_order("review")
            self.kept_for_a_person(late)
            late.until(lambda: late.mails, what="the buyer is told")
            assert [mail.key for mail in late.messages()] == [f"order:{late.order.code}:review:{late.payment.pk}"]
            assert "You do not need to pay again" in late.page().text
            assert event.counted() == (0, 1)
            second.ends_well()

    def kept_for_a_person(self, late: Purchase) -> None:
        [review] = OrderReview.objects.filter(order=late.order)
        assert (review.reason, review.payment_id, review.resolved_at) == ("late_payment", late.payment.pk, None)
        assert late.payment.status == "succeeded"
        [entry] = late.entries("unallocated")
        booked = {posting.account.code: posting.minor for posting in entry.postings.select_related("account")}
        total = late.order.total_minor
        assert booked == {str(Code.MPESA_CLEARING): total, str(Code.UNALLOCATED): -total}
        assert late.entries("sale") == []
        everything_adds_up()
