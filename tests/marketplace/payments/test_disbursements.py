"""Intents of transfers: written once per key, refused before anything is promised, never forgotten."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from marketplace.core import clock
from marketplace.core.idempotency import KeyReused
from marketplace.core.models import OutboxEvent
from marketplace.core.money import Money
from marketplace.ledger.accounts import AccountKey, Code
from marketplace.ledger.checks import checks
from marketplace.notifications.models import Alert
from marketplace.payments.disbursements import create_disbursement
from marketplace.payments.disbursements.plan import next_check
from marketplace.payments.disbursements.record import record_outcome
from marketplace.payments.errors import AmountNotPayable, DestinationInvalid
from marketplace.payments.models import Disbursement, DisbursementEvent, InboxMessage, ProviderBalance
from marketplace.payments.providers.mpesa import balance
from marketplace.payments.providers.mpesa.status import fee_minor
from marketplace.payments.rails import cash_account, rail, rails
from marketplace.payments.rails.base import RailOutcome
from marketplace.payments.services import process_inbox
from tests.factories.disbursements import PHONE, DisbursementFacts, disburse, hearing_disbursements

pytestmark = pytest.mark.django_db
NAMES = ("transfers under way are looked after", "fees of transfers and the books", "bank files hold what they say")


@pytest.fixture
def told() -> Iterator[DisbursementFacts]:
    with hearing_disbursements() as heard:
        yield heard


def under_way(**fields: Any) -> Disbursement:
    """A transfer that M-Pesa has accepted."""
    row = disburse()
    usual = {"status": "sent", "external_id": f"AG_{row.key}", "sent_at": clock.now(), "checked_at": clock.now()}
    Disbursement.objects.filter(pk=row.pk).update(**{**usual, **fields})
    return Disbursement.objects.get(pk=row.pk)


def record(row: Disbursement, state: Any, **more: Any) -> Disbursement:
    return record_outcome(disbursement_id=row.pk, outcome=RailOutcome(state, **more), source="query")


def wrong() -> list[str]:
    """What the proofs about transfers find."""
    return [finding.where for name in NAMES for finding in checks()[name]()]


# -- the intent ----------------------------------------------------------------------------------------------------


def test_the_same_key_is_the_same_transfer_for_good() -> None:
    first = disburse(key="payout-81-1")
    again: dict[str, Any] = {
        "key": "payout-81-1", "rail": "mpesa_b2c", "amount": first.amount, "destination": dict(PHONE),
        "hint": "other words", "purpose": "payout", "reference": first.reference,
    }  # fmt: skip
    assert create_disbursement(**again) == first
    assert OutboxEvent.objects.filter(topic="payments.disbursement_created").count() == 1
    for change in ({"amount": Money(71_400, "KES")}, {"destination": {"phone": "+254712345679"}}, {"reference": "X"}):
        with pytest.raises(KeyReused):
            create_disbursement(**{**again, **change})


def test_nothing_remains_of_an_intent_whose_reason_was_undone() -> None:
    with transaction.atomic():
        disburse()
        transaction.set_rollback(True)
    assert not Disbursement.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_the_destination_is_kept_encrypted() -> None:
    assert PHONE["phone"] not in disburse().destination_ciphertext


@pytest.mark.parametrize(
    ("slug", "minor", "currency"),
    [("mpesa_b2c", 900, "KES"), ("mpesa_b2c", 71_350, "KES"), ("mpesa_b2c", 25_000_100, "KES"),
     ("mpesa_b2c", 71_300, "USD"), ("stripe_transfer", 0, "USD"), ("stripe_transfer", 1_001, "KWD")],
)  # fmt: skip
def test_an_amount_the_rail_cannot_send_is_refused(slug: str, minor: int, currency: str) -> None:
    where = PHONE if slug == "mpesa_b2c" else {"account": "acct_1"}
    with pytest.raises(AmountNotPayable):
        disburse(rail=slug, minor=minor, currency=currency, destination=where)


@pytest.mark.parametrize(
    ("slug", "where"),
    [("mpesa_b2c", {}), ("mpesa_b2c", {"phone": "+447911123456"}), ("mpesa_b2c", {"phone": "0712"}),
     ("stripe_transfer", {"account": "cus_1"}), ("stripe_transfer", {})],
)  # fmt: skip
def test_a_destination_the_rail_cannot_reach_is_refused(slug: str, where: dict[str, str]) -> None:
    with pytest.raises(DestinationInvalid):
        disburse(rail=slug, minor=71_300, destination=where)


def test_every_rail_names_its_cash_and_its_smallest_step() -> None:
    assert [way.slug for way in rails()] == list(Disbursement.Rail)
    assert cash_account("mpesa_b2c") == AccountKey(Code.MPESA_FLOAT)
    assert cash_account("stripe_transfer") == AccountKey(Code.STRIPE_CLEARING)
    assert cash_account("bank_file") == AccountKey(Code.BANK)
    assert (rail("mpesa_b2c").step("KES"), rail("stripe_transfer").step("USD")) == (100, 1)
    with pytest.raises(ValueError, match="carrier"):
        rail("carrier_pigeon")


def test_what_is_told_cannot_be_changed() -> None:
    event = disburse().events.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        DisbursementEvent.objects.filter(pk=event.pk).update(kind="other")


# -- conclusions ---------------------------------------------------------------------------------------------------


def test_paid_once_however_often_it_is_said(told: DisbursementFacts) -> None:
    row = under_way()
    for _ in range(3):
        row = record(row, "paid", receipt="SG632NMUAB", fee_minor=2_240)
    assert (row.status, row.receipt, row.fee_minor) == ("paid", "SG632NMUAB", 2_240)
    assert told.about(row) == ["paid"]
    assert wrong() == []


def test_another_amount_is_a_puzzle_for_a_person(told: DisbursementFacts) -> None:
    row = record(under_way(), "paid", amount=Money(100, "KES"))
    assert (row.status, row.failure_code, row.receipt) == ("unknown", "amount_mismatch", "")
    assert told.about(row) == ["unknown"]
    assert Alert.objects.get().code == "disbursement_contradiction"


def test_a_failure_after_paid_changes_nothing_but_a_return_does(told: DisbursementFacts) -> None:
    row = record(under_way(), "paid")
    assert record(row, "failed", code="2040").status == "paid"
    assert Alert.objects.get().code == "disbursement_contradiction"
    row = record(row, "reversed", code="reversed")
    assert row.status == "failed"
    assert told.about(row) == ["paid", "failed"]
    assert Alert.objects.filter(code="disbursement_came_back").exists()


def test_paid_after_a_failure_wins_and_is_noticed(told: DisbursementFacts) -> None:
    row = record(under_way(), "failed", code="26", text="busy")
    assert row.next_check_at is not None, "a failure is asked about once more"
    row = record(row, "paid")
    assert (row.status, row.failure_code) == ("paid", "")
    assert told.about(row) == ["failed", "paid"]
    assert Alert.objects.get().code == "disbursement_paid_late"


def test_not_found_alone_is_no_failure(told: DisbursementFacts) -> None:
    row = record(under_way(), "not_found", code="25")
    assert row.status == "sent"
    assert told.about(row) == []


def test_two_transfers_never_share_a_name() -> None:
    first = under_way()
    second = record(under_way(external_id=None), "paid", external_id=first.external_id or "")
    assert (second.status, second.failure_code) == ("unknown", "name_taken")


# -- when to look --------------------------------------------------------------------------------------------------


def test_somebody_always_looks_again_while_there_is_no_outcome() -> None:
    start = clock.now()
    for status in ("created", "sent", "unknown"):
        row = under_way(status=status, sent_at=start)
        moment = start
        for _ in range(200):
            following = next_check(row, now=moment)
            assert following is not None
            assert dt.timedelta(0) < following - moment <= dt.timedelta(days=1)
            moment = following
        assert moment - start > dt.timedelta(days=30)


def test_what_is_settled_and_paid_for_is_left_alone() -> None:
    assert next_check(under_way(status="paid", fee_minor=0, settled_at=clock.now()), now=clock.now()) is None
    assert next_check(under_way(status="cancelled"), now=clock.now()) is None


# -- proofs --------------------------------------------------------------------------------------------------------


def test_the_proofs_find_what_is_forgotten_or_not_booked() -> None:
    assert wrong() == []
    forgotten, unbooked = under_way(next_check_at=None), record(under_way(), "paid", fee_minor=2_240)
    Disbursement.objects.filter(pk=unbooked.pk).update(fee_minor=2_250)
    assert wrong() == [f"disbursement {forgotten.key}", f"disbursement {unbooked.key}"]
    Disbursement.objects.filter(pk=unbooked.pk).update(fee_minor=None)
    assert wrong()[-1] == f"entry disbursement:{unbooked.pk}:fee"


# -- fees and floats -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told_as", "cents"),
    [("Fee For B2C Payment|KES|22.40", 2_240), ("Fee|KES|9&Excise|KES|0.90", 990), ("", None), ("22.40", None),
     ("Fee|USD|1", None), ("Fee|KES|x", None), ("Fee|KES|-1", None), ("Fee|KES|1e99", None)],
)  # fmt: skip
def test_fees_are_read_to_the_cent_or_not_at_all(told_as: str, cents: int | None) -> None:
    assert fee_minor(told_as) == cents


def answered(client: Client, settings: LazySettings, utility: str) -> InboxMessage:
    """M-Pesa's answer about our float, taken in and thought about."""
    settings.MPESA = {**settings.MPESA, "float_low_minor": 10_000_000, "b2c_shortcode": "600992"}
    rows = f"Working Account|KES|700.00|700.00|0.00|0.00&Utility Account|KES|{utility}|{utility}|0.00|0.00"
    body = {"Result": {"ResultType": 0, "ResultCode": 0, "ResultDesc": "ok", "OriginatorConversationID": "a",
                       "ConversationID": utility, "TransactionID": "", "ResultParameters": {
                           "ResultParameter": {"Key": "AccountBalance", "Value": rows}}}}  # fmt: skip
    address = reverse("payments:result", args=["balance", balance.token("600992"), "result"])
    assert client.post(address, json.dumps(body), content_type="application/json").status_code == 200
    process_inbox()
    return InboxMessage.objects.latest("pk")


def test_a_low_float_is_put_before_a_person_until_it_is_filled(client: Client, settings: LazySettings) -> None:
    assert answered(client, settings, "99999.99").status == "done"
    assert ProviderBalance.objects.get(account="Utility Account").available_minor == 9_999_999
    answered(client, settings, "5.00")
    alert = Alert.objects.get()
    assert (alert.code, alert.closed_at) == ("float_low", None)
    answered(client, settings, "100000.00")
    alert.refresh_from_db()
    assert alert.closed_at is not None


@pytest.mark.parametrize("door", ["b2c", "ask", "balance"])
def test_behind_a_wrong_token_is_nothing(client: Client, door: str) -> None:
    disburse()
    address = reverse("payments:result", args=[door, "0" * 64, "result"])
    assert client.post(address, "{}", content_type="application/json").status_code == 404
    assert not any(word in address for word in ("mpesa", "safaricom", "exe", "cmd", "sql", "query"))


def test_a_queue_timeout_in_any_shape_is_taken_in(client: Client) -> None:
    row = under_way()
    address = reverse("payments:result", args=["b2c", row.callback_token, "timeout"])
    assert client.post(address, '{"odd": 1}', content_type="application/json").status_code == 200
    process_inbox()
    row.refresh_from_db()
    assert (row.status, row.failure_code) == ("unknown", "queue_timeout")


def test_a_result_for_another_request_is_quarantined(client: Client) -> None:
    row = under_way()
    for changed in ({"OriginatorConversationID": "payout-9-9"}, {"ConversationID": "AG_other"}):
        inner = {"ResultCode": 0, "OriginatorConversationID": row.key, "ConversationID": row.external_id, **changed}
        address = reverse("payments:result", args=["b2c", row.callback_token, "result"])
        assert client.post(address, json.dumps({"Result": inner}), content_type="application/json").status_code == 200
    process_inbox()
    row.refresh_from_db()
    assert row.status == "sent"
    assert set(InboxMessage.objects.values_list("status", flat=True)) == {"quarantined"}
    assert row.events.filter(kind="forged").count() == 2


def test_an_answer_to_no_question_of_ours_is_not_believed(client: Client) -> None:
    row = under_way()
    parameters = [{"Key": "TransactionStatus", "Value": "Completed"}, {"Key": "Amount", "Value": "713"}]
    inner = {"ResultCode": 0, "OriginatorConversationID": "x", "ConversationID": "AG_guess",
             "ResultParameters": {"ResultParameter": parameters}}  # fmt: skip
    address = reverse("payments:result", args=["ask", row.callback_token, "result"])
    client.post(address, json.dumps({"Result": inner}), content_type="application/json")
    for _ in range(8):
        InboxMessage.objects.filter(status="waiting").update(due_at=clock.now())
        process_inbox()
    row.refresh_from_db()
    assert row.status == "sent"
    assert InboxMessage.objects.get().status == "quarantined"
