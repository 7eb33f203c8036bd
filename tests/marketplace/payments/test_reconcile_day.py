"""Our books against a provider's statement: what becomes a case, what closes it, what stays one."""

import datetime as dt

import pytest
import time_machine

from marketplace.ledger.selectors import balance
from marketplace.ledger.services import Code
from marketplace.notifications.models import Alert
from marketplace.payments.errors import Malformed
from marketplace.payments.models import Break, Dispute, Item, ReconciliationRun, Refund, StatementLine
from marketplace.payments.providers import statements
from marketplace.payments.providers.base import Silent
from marketplace.payments.providers.mpesa import statement as mpesa_statement
from marketplace.payments.reconciliation.stated import Stated, Statement, bounds, keep
from marketplace.payments.services import (
    book_moved_to_bank,
    explain_break,
    import_statement,
    reconcile_day,
    reconcile_days,
)
from marketplace.payments.services.work_break import NotAPayout, NothingExplained
from tests.factories.payments import make_dispute, make_payment

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 20)
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.fixture
def stripe_says(monkeypatch):
    """What Stripe will answer: a list to fill. An exception in it is raised."""
    lines: list = []

    def answer(since, until):
        for line in lines:
            if isinstance(line, Exception):
                raise line
        return Statement([line for line in lines if since <= line.at < until])

    monkeypatch.setitem(statements.ASKED, "stripe", "here")
    monkeypatch.setattr(statements, "_tool", lambda _module, _name: answer)
    return lines


def charge(name="ch_1", minor=150_000, fee=4_380, at=NOON, **more) -> Stated:
    line = more.pop("line", f"txn_{name}")
    return Stated(item=Item.PAYMENT, name=name, line=line, at=at, currency="KES", minor=minor, fee_minor=fee, **more)


def card(receipt="ch_1", fee=4_380, **fields):
    usual = {"status": "succeeded", "settled_at": NOON, "fee_minor": fee}
    return make_payment(provider="stripe", receipt=receipt, **{**usual, **fields})


def compare(day=DAY) -> ReconciliationRun:
    return reconcile_day(provider="stripe", day=day)


def case() -> Break:
    return Break.objects.get()


def test_when_both_sides_say_the_same_the_day_agrees(stripe_says):
    card()
    stripe_says.append(charge())
    run = compare()
    assert (run.status, run.ours_count, run.theirs_count, run.breaks) == ("agreed", 1, 1, 0)
    assert run.sums == {"KES": {"ours": 150_000, "theirs": 150_000, "fees_ours": 4_380, "fees_theirs": 4_380}}
    assert not Alert.objects.exists()


def test_money_only_the_provider_knows_of_is_a_case_and_raises_an_alert(stripe_says):
    stripe_says.append(charge())
    assert compare().status == "differs"
    assert (case().kind, case().theirs_minor, case().ours_minor) == ("missing_here", 150_000, None)
    assert case().difference.minor == 150_000
    assert Alert.objects.get(code="reconciliation_break", closed_at=None)


def test_money_only_we_know_of_is_a_case(stripe_says):
    payment = card()
    compare()
    assert (case().kind, case().ours, case().payment) == ("missing_there", f"payment:{payment.pk}", payment)


@pytest.mark.parametrize(
    ("theirs", "kind"),
    [({"minor": 149_900}, "amount_differs"), ({"fee": 5_000}, "fee_differs"), ({"completed": False}, "status_differs")],
)
def test_a_difference_is_named(stripe_says, theirs, kind):
    card()
    stripe_says.append(charge(**theirs))
    compare()
    assert case().kind == kind


def test_money_for_a_payment_we_believe_failed_is_a_difference_of_states(stripe_says):
    payment = card(receipt=None, status="failed", external_ref="pi_1", fee=None)
    stripe_says.append(charge(reference="pi_1"))
    compare()
    assert (case().kind, case().payment) == ("status_differs", payment)


def test_a_fee_we_never_booked_is_a_case(stripe_says):
    card(fee=None)
    stripe_says.append(charge())
    compare()
    assert (case().kind, case().ours_minor, case().theirs_minor) == ("fee_differs", None, 4_380)


def test_what_settles_in_another_currency_is_compared_in_the_payers(stripe_says):
    card(fee=None)
    usual = {"item": Item.PAYMENT, "name": "ch_1", "line": "txn_1", "at": NOON, "currency": "USD", "minor": 1_160}
    stripe_says.append(Stated(**usual, fee_minor=64, presented_minor=150_000, presented_currency="KES"))
    assert compare().status == "agreed"
    stripe_says[0] = Stated(**usual, fee_minor=64, presented_minor=100_000, presented_currency="KES")
    compare()
    assert (case().kind, case().theirs_minor) == ("amount_differs", 100_000)


def test_the_same_case_on_the_next_day_is_one_case_and_closes_when_both_agree(stripe_says):
    stripe_says.append(charge())
    compare()
    first = case()
    compare()
    assert (case().pk, case().opened_at, case().times) == (first.pk, first.opened_at, 1)
    card()
    compare()
    assert case().resolved_at is not None
    assert case().closed_by is None
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_closed_case_comes_back_as_itself(stripe_says):
    payment = card()
    stripe_says.append(charge())
    compare()
    stripe_says[0] = charge(minor=150_100)
    compare()
    stripe_says[0] = charge()
    compare()
    assert case().resolved_at
    stripe_says[0] = charge(minor=140_000)
    compare()
    assert (case().resolved_at, case().times, case().payment) == (None, 2, payment)


def test_an_explained_case_stays_closed_until_something_about_it_changes(stripe_says):
    stripe_says.append(charge())
    compare()
    explain_break(break_id=case().pk, note="A test charge of the owner.", actor_id=1)
    compare()
    assert case().closed_by == 1
    stripe_says[0] = charge(minor=160_000)
    compare()
    assert (case().resolved_at, case().closed_by) == (None, None)


def test_a_case_is_not_explained_without_words(stripe_says):
    stripe_says.append(charge())
    compare()
    with pytest.raises(NothingExplained):
        explain_break(break_id=case().pk, note="  ", actor_id=1)
    assert case().resolved_at is None


def test_nothing_is_mended(stripe_says):
    payment = card(receipt=None, status="failed", external_ref="pi_1", fee=None)
    stripe_says.append(charge(reference="pi_1"))
    compare()
    payment.refresh_from_db()
    assert (payment.status, payment.receipt, payment.fee_minor) == ("failed", None, None)


def test_a_thing_dated_differently_on_both_sides_still_agrees(stripe_says):
    midnight = bounds("stripe", DAY)[1]
    card(settled_at=midnight + dt.timedelta(minutes=5))
    stripe_says.append(charge(at=midnight - dt.timedelta(minutes=5)))
    assert compare(DAY).status == "agreed"
    assert compare(DAY + dt.timedelta(days=1)).status == "agreed"
    assert not Break.objects.exists()


def test_a_refund_that_failed_afterwards_comes_to_nothing_on_both_sides(stripe_says):
    payment = card()
    usual = {"item": Item.REFUND, "name": "re_1", "at": NOON, "currency": "KES"}
    stripe_says += [charge(), Stated(**usual, line="t1", minor=-50_000), Stated(**usual, line="t2", minor=50_000)]
    refund = Refund.objects.create(
        payment=payment, key="k", amount_minor=50_000, external_id="re_1", status="failed", settled_at=NOON
    )
    assert compare().status == "agreed"
    Refund.objects.filter(pk=refund.pk).update(status="succeeded")
    compare()
    assert (case().item, case().kind, case().ours_minor) == ("refund", "missing_there", -50_000)


def test_disputes_are_compared_with_their_fees(stripe_says):
    payment = card()
    dispute = make_dispute(payment, external_id="du_1", fee_minor=1_500, opened_at=NOON)
    usual = {"item": Item.DISPUTE, "name": "du_1", "at": NOON, "currency": "KES"}
    stripe_says += [charge(), Stated(**usual, line="t1", minor=-150_000, fee_minor=1_500)]
    assert compare().status == "agreed"
    Dispute.objects.filter(pk=dispute.pk).update(fee_minor=0)
    compare()
    assert case().kind == "fee_differs"


def test_money_moved_to_the_bank_waits_to_be_booked_by_a_person(stripe_says):
    stripe_says.append(Stated(item=Item.PAYOUT, name="po_1", line="t1", at=NOON, currency="KES", minor=-90_000))
    compare()
    assert case().kind == "missing_here"
    for _ in range(2):
        book_moved_to_bank(break_id=case().pk, actor_id=1)
    assert balance(code=Code.BANK, currency="KES") == 90_000
    assert balance(code=Code.STRIPE_CLEARING, currency="KES") == -90_000
    compare()
    assert case().resolved_at


def test_only_what_went_to_the_bank_is_booked_as_that(stripe_says):
    stripe_says.append(charge())
    compare()
    with pytest.raises(NotAPayout):
        book_moved_to_bank(break_id=case().pk, actor_id=1)


def test_a_provider_that_does_not_answer_opens_and_closes_nothing(stripe_says):
    card()
    compare()
    stripe_says.append(Silent("no answer"))
    run = compare()
    assert (run.status, run.note) == ("failed", "no answer")
    assert case().resolved_at is None


@time_machine.travel(dt.datetime(2026, 11, 21, 6, tzinfo=dt.UTC))
def test_yesterday_is_compared_once_and_a_day_with_open_cases_again(stripe_says):
    reconcile_days()
    assert list(ReconciliationRun.objects.filter(provider="stripe").values_list("day", flat=True)) == [DAY]
    reconcile_days()
    assert ReconciliationRun.objects.filter(provider="stripe").count() == 1
    card(settled_at=NOON - dt.timedelta(days=3))
    compare(DAY - dt.timedelta(days=3))
    ReconciliationRun.objects.all().delete()
    reconcile_days()
    days = ReconciliationRun.objects.filter(provider="stripe").values_list("day", flat=True)
    assert set(days) == {DAY, DAY - dt.timedelta(days=3)}


HEAD = "Account Holder:,Sokoni\nShort Code:,174379\n\n"
COLUMNS = "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n"


def csv(*rows: str, columns: str = COLUMNS) -> bytes:
    return (HEAD + columns + "\n".join(rows)).encode("utf-8-sig")


PAID = 'SKL1ABCDEF,20-11-2026 15:00:00,Pay Bill from 254712345678 - JOHN DOE Acc. 7gq2,Completed,"1,500.00",,9000'


def phone_payment(**fields):
    usual = {"status": "succeeded", "settled_at": NOON, "receipt": "SKL1ABCDEF", "reference": "7GQ2"}
    return make_payment(**{**usual, **fields})


def test_an_uploaded_statement_is_compared_day_by_day():
    phone_payment()
    runs = import_statement(provider="mpesa", content=csv(PAID), actor_id=None)
    assert [(run.day, run.status) for run in runs] == [(DAY, "agreed")]


def test_of_a_statement_no_people_are_kept():
    import_statement(provider="mpesa", content=csv(PAID), actor_id=None)
    kept = StatementLine.objects.get()
    assert (kept.minor, kept.reference, kept.account) == (150_000, "7GQ2", "174379")
    assert "JOHN" not in kept.details
    assert "712345678" not in kept.details


def test_the_same_statement_again_changes_nothing():
    for _ in range(2):
        import_statement(provider="mpesa", content=csv(PAID), actor_id=None)
    assert StatementLine.objects.count() == Break.objects.count() == 1


def test_a_payment_whose_receipt_we_never_learned_is_found_by_what_the_payer_typed():
    phone_payment(receipt=None)
    (run,) = import_statement(provider="mpesa", content=csv(PAID), actor_id=None)
    assert run.status == "agreed"


def test_without_a_statement_nothing_of_ours_is_missing_there():
    phone_payment()
    run = reconcile_day(provider="mpesa", day=DAY)
    assert (run.status, run.breaks) == ("no_statement", 0)


def test_a_statement_drawn_at_noon_says_nothing_about_the_afternoon():
    phone_payment()
    phone_payment(receipt="SKL2ABCDEF", reference="OTHER", settled_at=NOON + dt.timedelta(hours=4))
    (run,) = import_statement(provider="mpesa", content=csv(PAID), actor_id=None)
    assert (run.status, run.breaks) == ("no_statement", 0)
    later = "SKL9ABCDEF,20-11-2026 23:00:00,Pay Bill from 254712345678 Acc. X,Completed,10.00,,9000"
    import_statement(provider="mpesa", content=csv(PAID, later), actor_id=None)
    found = {(one.name, one.kind) for one in Break.objects.all()}
    assert found == {("SKL2ABCDEF", "missing_there"), ("SKL9ABCDEF", "missing_here")}


def test_a_charge_belongs_to_the_receipt_it_stands_under():
    rows = (
        "SKB1ABCDEF,20-11-2026 15:00:00,Business Payment to Customer 254712345678,Completed,,500.00,1",
        "SKB1ABCDEF,20-11-2026 15:00:00,Business Payment to Customer Charge,Completed,,9.00,1",
    )
    import_statement(provider="mpesa", content=csv(*rows), actor_id=None)
    lines = {line.line: (line.item, line.minor, line.fee_minor) for line in StatementLine.objects.all()}
    assert lines == {
        "SKB1ABCDEF:transfer": ("transfer", -50_000, 0),
        "SKB1ABCDEF:transfer:charge": ("transfer", 0, 900),
    }
    assert case().theirs_minor == -50_000


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"a,b\n1,2", csv(), csv(PAID.replace("20-11-2026", "someday")), csv(PAID, columns="Nothing\n")],
)
def test_what_is_no_statement_is_refused(content):
    with pytest.raises(Malformed):
        import_statement(provider="mpesa", content=content, actor_id=None)
    assert not StatementLine.objects.exists()


def test_columns_may_come_in_any_order():
    columns = "Withdrawn,Paid In,Details,Completion Time,RECEIPT NO,A/C No.,Transaction Status\n"
    row = ",1500.00,Pay Bill,2026-11-20 15:00:00,SKL1ABCDEF,7GQ2,Completed"
    (line,) = mpesa_statement.read(csv(row, columns=columns)).lines
    assert (line.minor, line.reference, line.at) == (150_000, "7GQ2", NOON)


def test_the_cost_of_a_day_does_not_grow_with_its_payments(stripe_says, django_assert_max_num_queries):
    for number in range(40):
        card(receipt=f"ch_{number}")
        stripe_says.append(charge(f"ch_{number}"))
    with django_assert_max_num_queries(30):
        assert compare().status == "agreed"


def test_a_day_is_the_providers_own():
    assert bounds("mpesa", DAY)[0].astimezone(dt.UTC) == dt.datetime(2026, 11, 19, 21, tzinfo=dt.UTC)
    assert keep("stripe", [charge(), charge()]) == 1
