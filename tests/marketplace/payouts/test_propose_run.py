"""Who gets a payout in a run, of how much, and why others get none."""

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format

from marketplace.core import clock
from marketplace.notifications.models import Alert
from marketplace.payouts.errors import RunUnderWay
from marketplace.payouts.models import Destination, LevyRate, Payout, PayoutRun, PayoutSkip, Terms, Verification
from marketplace.payouts.services import fill_runs, preview_run, propose_run, request_payout, start_run
from marketplace.sellers.models import Seller
from tests.factories.commerce import make_seller
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
TODAY = datetime.now(UTC).replace(hour=6, minute=0, second=0, microsecond=0)
MONDAY = TODAY + timedelta(days=14 - TODAY.weekday())
"""One that is still to come: what the tests prepare today is there by then."""


def why(seller: Seller) -> str:
    propose_run(actor_id=1)
    return PayoutSkip.objects.filter(seller=seller).latest("pk").code


def test_what_is_available_is_proposed_with_every_movement_as_an_item() -> None:
    seller = make_payable()
    first, second = make_available(seller, 100_000), make_available(seller, 30_000)
    refund(first, share=20_000)
    propose_run(actor_id=1)
    payout = Payout.objects.get(seller=seller)
    assert (payout.gross_minor, payout.net_minor, payout.carried_minor) == (110_000, 110_000, 0)
    items = {(item.kind, item.earning_id, item.minor) for item in payout.items.all()}
    assert items == {
        ("release", first.pk, 100_000),
        ("release", second.pk, 30_000),
        ("refund", None, -20_000),
    }


def test_tax_is_withheld_by_dated_rows_and_by_residence_and_without_rows_nothing_is() -> None:
    assert make_payout().withholding_minor == 0
    LevyRate.objects.create(kind="withholding", country="KE", resident=True, basis_points=500, valid_from="2025-01-01")
    LevyRate.objects.create(
        kind="withholding", country="KE", resident=False, basis_points=2000, valid_from="2025-01-01"
    )
    old = {"resident": True, "basis_points": 900, "valid_from": "2020-01-01", "valid_to": "2024-12-31"}
    LevyRate.objects.create(kind="withholding", country="KE", **old)
    here, abroad = make_payout(), make_payout(make_payable(country="GB"))
    assert (here.withholding_minor, here.withholding_basis_points, here.net_minor) == (5_000, 500, 95_000)
    assert (abroad.withholding_minor, abroad.net_minor) == (20_000, 80_000)


def test_tax_may_be_withheld_from_sales_including_our_commission(settings: object) -> None:
    settings.PAYOUT_WITHHOLDING_BASE = "sales"  # type: ignore[attr-defined]
    LevyRate.objects.create(kind="withholding", country="KE", resident=True, basis_points=500, valid_from="2025-01-01")
    payout = make_payout(gross=100_000, fee=10_000, commission_tax=1_600)
    assert (payout.gross_minor, payout.withholding_base_minor, payout.withholding_minor) == (88_400, 100_000, 5_000)


def test_whole_units_leave_and_the_rest_is_the_first_line_of_the_next_payout() -> None:
    seller = make_payable(rail="mpesa_b2c")
    first = make_payout(seller, gross=100_055)
    assert (first.net_minor, first.gross_minor, first.carried_minor) == (100_000, 100_000, 55)
    heard(sent(first), "paid")
    second = make_payout(seller, gross=50_050)
    assert (second.opening_minor, second.net_minor, second.carried_minor) == (55, 50_100, 5)
    opening, release = second.items.all()
    assert (opening.kind, opening.minor, release.minor) == ("carried", 55, 50_050)


def test_less_than_the_rail_sends_is_not_proposed_but_said() -> None:
    seller = make_payable(rail="mpesa_b2c")
    Terms.objects.create(seller=seller, valid_from="2020-01-01", hold_days=1, payout_fee={"KES": 3_000})
    make_available(seller, gross=3_900)  # KES 9 after the fee, and M-Pesa sends 10 at least
    propose_run(actor_id=1)
    assert not Payout.objects.exists()
    assert PayoutSkip.objects.get().code == "below_minimum"


def test_whoever_could_not_be_looked_at_is_looked_at_again_and_else_a_person_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_available(make_payable())
    tries: list[int] = []

    def fails(times: int) -> None:
        def propose(run: PayoutRun, seller_id: int, *more: Any) -> object:
            tries.append(seller_id)
            if len(tries) <= times:
                raise OperationalError("deadlock detected")
            return real(run, seller_id, *more)

        tries.clear()
        monkeypatch.setattr(module, "_propose_one", propose)

    module = sys.modules[propose_run.__module__]
    real = module._propose_one
    fails(2)
    run = propose_run(actor_id=1)
    assert run.skips.get().code == "problem"
    assert Alert.objects.get(closed_at=None).key == f"payout_run_problem:{run.code}"
    fails(1)
    assert propose_run(actor_id=1).payouts.count() == 1
    assert Alert.objects.count() == 1


def test_what_a_seller_owes_is_taken_before_anything_is_proposed() -> None:
    seller = make_payable()
    payout = make_payout(seller)
    heard(sent(payout), "paid")
    refund(payout.items.get().earning)
    assert why(seller) == "owes"
    second = make_payout(seller, gross=130_000)
    assert second.gross_minor == 30_000
    assert sorted(second.items.values_list("kind", "minor")) == [("recovered", -100_000), ("release", 130_000)]


def test_each_reason_to_be_skipped_has_a_code_and_a_text() -> None:
    seller = make_seller()
    make_available(seller, 50_000)
    assert why(seller) == "unverified"
    Verification.objects.create(seller=seller, status="approved", country="KE")
    assert why(seller) == "no_destination"
    destination = make_destination(seller)
    Destination.objects.filter(pk=destination.pk).update(usable_from=clock.now() + timedelta(hours=5))
    assert why(seller) == "cooling_off"
    Destination.objects.filter(pk=destination.pk).update(usable_from=clock.now())
    Terms.objects.create(minimum={"KES": 50_001}, valid_from="2020-01-01")
    assert why(seller) == "below_minimum"
    skip = PayoutSkip.objects.latest("pk")
    assert skip.available_minor == 50_000
    assert skip.text == "KES 500 is less than the smallest payout, KES 500.01."
    make_available(seller, 100)
    propose_run(actor_id=1)
    assert why(seller) == "open_payout"
    assert Payout.objects.filter(seller=seller).count() == 1


def test_stripe_has_to_be_ready_for_transfers() -> None:
    seller = make_payable(rail="stripe_transfer", currency="USD")
    Verification.objects.filter(seller=seller).update(connect_ready=False)
    make_available(seller, currency="USD")
    assert why(seller) == "not_ready"


def test_the_calendar_pays_once_a_week_and_makes_up_for_a_missed_monday() -> None:
    seller = make_payable()
    with time_machine.travel(MONDAY):
        make_available(seller)
        propose_run()
    payout = Payout.objects.get(seller=seller)
    with time_machine.travel(MONDAY + timedelta(hours=1)):
        heard(sent(payout), "paid")
    with time_machine.travel(MONDAY + timedelta(days=2)):
        make_available(seller)
        propose_run()
        assert PayoutSkip.objects.latest("pk").code == "not_scheduled"
        assert date_format(MONDAY + timedelta(days=7), "j F Y") in PayoutSkip.objects.latest("pk").text
    with time_machine.travel(MONDAY + timedelta(days=8)):  # Tuesday: nothing ran on Monday
        propose_run()
    assert Payout.objects.filter(seller=seller).count() == 2


def test_a_failed_payout_is_proposed_anew_at_the_next_run_under_a_new_code() -> None:
    seller = make_payable()
    with time_machine.travel(MONDAY):
        make_available(seller)
        propose_run()
        first = heard(sent(Payout.objects.get(seller=seller)), "failed", text="No such account")
    with time_machine.travel(MONDAY + timedelta(days=1)):
        propose_run()
    second = Payout.objects.filter(seller=seller).latest("proposed_at")
    assert second.code != first.code
    assert second.items.get().posting_id == first.items.get().posting_id


def test_a_seller_on_request_is_paid_when_asking() -> None:
    Terms.objects.create(schedule="request", valid_from="2020-01-01")
    seller = make_payable()
    make_available(seller)
    propose_run()
    assert not Payout.objects.exists()
    request_payout(seller_id=seller.pk, actor_id=5)
    assert Payout.objects.get().seller == seller


def test_a_run_until_a_moment_leaves_what_came_later_but_not_what_was_taken_later() -> None:
    seller = make_payable()
    earning = make_available(seller, 100_000)
    moment = clock.now()
    make_available(seller, 70_000)
    refund(earning, share=10_000)
    propose_run(until=moment, actor_id=1)
    payout = Payout.objects.get(seller=seller)
    assert (payout.gross_minor, owed(seller)["2120"]) == (90_000, 160_000)


def test_many_sales_take_as_many_queries_as_few() -> None:
    def queries(sales: int) -> int:
        seller = make_payable()
        for _ in range(sales):
            make_available(seller, 1_000)
        with CaptureQueriesContext(connection) as captured:
            propose_run(seller_ids=[seller.pk])
        assert Payout.objects.get(seller=seller).items.count() == sales
        return len(captured)

    assert queries(15) == queries(3) < 45


def signals(payout: Payout) -> set[str]:
    return {signal["code"] for signal in payout.signals}


def test_signals_say_what_a_reviewer_should_see() -> None:
    seller = make_payable(rail="bank_file")
    first = make_payout(seller, 10_000)
    assert signals(first) == {"new_destination", "first_payout"}
    heard(sent(first), "paid")
    heard(sent(make_payout(seller, 10_000)), "paid")
    usual = make_payout(seller, 10_000)
    assert signals(usual) == set()
    heard(sent(usual), "paid")
    make_destination(make_payable(), number=f"{seller.pk:08d}")
    jump = make_payout(seller, 40_000)
    assert signals(jump) == {"unusual_jump", "shared_destination"}
    assert jump.signals[0]["weight"] == 40
    assert "KES 100" in next(one["text"] for one in jump.signals if one["code"] == "unusual_jump")


def everyone() -> dict[str, Seller]:
    """A seller for each reason, and two who are paid: one of them after a debt is taken off."""
    found = {code: make_payable() for code in ("paid", "recovers", "owes", "open_payout", "cooling_off", "not_ready")}
    for code in ("recovers", "owes"):
        payout = make_payout(found[code])
        heard(sent(payout), "paid")
        refund(payout.items.get().earning, share=60_000)
    make_payout(found["open_payout"])
    found |= {"unverified": make_seller(), "no_destination": make_seller(), "below_minimum": make_payable()}
    Verification.objects.create(seller=found["no_destination"], status="approved", country="KE")
    make_destination(found["not_ready"], rail="stripe_transfer")
    Verification.objects.filter(seller=found["not_ready"]).update(connect_ready=False)
    cooling = Destination.objects.filter(seller=found["cooling_off"])
    cooling.update(usable_from=clock.now() + timedelta(hours=5))
    Terms.objects.create(minimum={"KES": 20_000}, valid_from="2020-01-01")
    for code, seller in found.items():
        if code != "owes":
            make_available(seller, 10_000 if code == "below_minimum" else 100_000)
    return found


def test_a_preview_foresees_whom_the_run_pays_and_why_it_skips_the_others() -> None:
    sellers = everyone()
    foreseen = {one.seller.pk: (one.skip.code if one.skip else "", one.available.minor) for one in preview_run()}
    assert {code: foreseen[seller.pk][0] for code, seller in sellers.items()} == {
        code: "" if code in ("paid", "recovers") else code for code in sellers
    }
    run = propose_run(actor_id=1)
    made = {row.seller_id: ("", row.gross_minor + row.carried_minor) for row in run.payouts.all()}
    made |= {row.seller_id: (row.code, row.available_minor) for row in run.skips.all()}
    assert foreseen == made
    assert made[sellers["recovers"].pk] == ("", 40_000)


def test_a_run_that_a_worker_left_is_gone_on_with_and_pays_nobody_twice() -> None:
    first, second = make_payable(), make_payable()
    make_available(first)
    make_available(second)
    Verification.objects.filter(seller=second).update(status="submitted")
    run = start_run(actor_id=1)
    with pytest.raises(RunUnderWay):
        start_run(actor_id=2)
    assert fill_runs() == 1
    run.refresh_from_db()
    assert run.finished_at
    assert run.skips.get().seller == second
    type(run).objects.filter(pk=run.pk).update(finished_at=None)  # died before it wrote that it was done
    Verification.objects.filter(seller=second).update(status="approved")
    assert (fill_runs(), fill_runs()) == (1, 0)
    assert sorted(run.payouts.values_list("seller", flat=True)) == [first.pk, second.pk]
    assert not run.skips.exists()


def test_what_a_seller_asked_for_is_never_gone_on_with_for_everyone() -> None:
    make_available(make_payable())
    run = request_payout(seller_id=make_payable().pk, actor_id=1)
    type(run).objects.filter(pk=run.pk).update(finished_at=None)
    assert fill_runs() == 0
    assert not Payout.objects.exists()
