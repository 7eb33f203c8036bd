"""M-Pesa as a way out, over real HTTP: whatever Daraja answers, sends twice or keeps to itself, money leaves once."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connections

from marketplace.core import clock, crypto
from marketplace.ledger.accounts import Code
from marketplace.ledger.selectors import balance
from marketplace.notifications.models import Alert
from marketplace.payments.disbursements import cancel_disbursement, send_disbursement, settle_disbursement
from marketplace.payments.disbursements import settle as settle_module
from marketplace.payments.disbursements.record import STUCK_AFTER, record_outcome
from marketplace.payments.errors import NotCancellable
from marketplace.payments.models import Disbursement, InboxMessage
from marketplace.payments.providers.mpesa import b2c
from marketplace.payments.providers.mpesa.results import read_result
from marketplace.payments.rails import rail
from tests.factories.disbursements import DisbursementFacts, disburse, hearing_disbursements, work
from tests.simulator_process import SimulatorProcess

_numbers = itertools.count(1)
B2C = "/mpesa/b2c/"


def payee(suffix: str = "999") -> dict[str, str]:
    """A phone of its own; its last three digits say what will happen."""
    return {"phone": f"+2547{next(_numbers):05d}{suffix}"}


@pytest.fixture
def told() -> Iterator[DisbursementFacts]:
    with hearing_disbursements() as heard:
        yield heard


@pytest.fixture(autouse=True)
def _ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle_module, "PAUSE_SECONDS", 0)


@pytest.fixture(autouse=True)
def _quick(simulator: SimulatorProcess) -> None:
    simulator.control("settings", result_delay=0.05, late_seconds=0.5)


def until(question: Callable[[], Any], disbursement: Disbursement, within: float = 180.0) -> Disbursement:
    deadline = time.monotonic() + within
    while not question():
        disbursement.refresh_from_db()
        story = [(event.kind, event.data) for event in disbursement.events.order_by("at")]
        notes = list(InboxMessage.objects.values_list("kind", "status", "note"))
        assert time.monotonic() < deadline, f"{disbursement.status} {disbursement.failure_code}: {story} {notes}"
        time.sleep(0.05)
    disbursement.refresh_from_db()
    return disbursement


def ends(disbursement: Disbursement, status: str, *, sweep: bool = False) -> Disbursement:
    return until(lambda: work(disbursement, sweep=sweep).status == status, disbursement)


def left(simulator: SimulatorProcess, disbursement: Disbursement) -> list[int]:
    """What M-Pesa really sent for it, in cents, one number per transfer."""
    rows = simulator.look("initiated", api="b2c", ref=disbursement.key)
    return [row["amount"] * 100 for row in rows if row["receipt"]]


class TestPaid:
    def test_paid_once_with_receipt_and_fee(self, simulator: SimulatorProcess, told: DisbursementFacts) -> None:
        sent = ends(disburse(destination=payee()), "paid")
        assert left(simulator, sent) == [71_300]
        assert told.about(sent) == ["paid"]
        assert len(sent.receipt) == 10
        assert sent.fee_minor is not None
        assert sent.fee_minor > 0
        assert balance(code=Code.MPESA_FLOAT, currency="KES") == -sent.fee_minor, "the fee; the amount is its owner's"
        assert balance(code=Code.PAYOUT_FEES, currency="KES") == sent.fee_minor
        assert sent.next_check_at is None

    def test_a_refund_pays_its_fee_as_one(self, simulator: SimulatorProcess) -> None:
        sent = ends(disburse(destination=payee(), purpose="refund"), "paid")
        assert balance(code=Code.PROVIDER_FEES, currency="KES") == sent.fee_minor

    def test_nothing_is_believed_before_m_pesa_was_asked(self, simulator: SimulatorProcess) -> None:
        simulator.control("deliveries", action="drop", match="status_")
        sent = disburse(destination=payee())
        until(lambda: work(sent) and sent.events.filter(kind="claim").exists(), sent)
        assert sent.status == "sent"
        simulator.control("deliveries", action="reset")
        assert ends(sent, "paid", sweep=True).events.filter(kind="asked").count() > 1

    def test_by_policy_a_fitting_result_is_enough(self, simulator: SimulatorProcess, settings: LazySettings) -> None:
        settings.MPESA = {**settings.MPESA, "confirm": "never"}
        sent = ends(disburse(destination=payee()), "paid")
        assert not sent.events.filter(kind="asked").exists()
        assert sent.fee_minor is None
        assert sent.next_check_at is not None, "what it cost is asked for later"
        until(lambda: work(sent, sweep=True).fee_minor, sent)

    @pytest.mark.parametrize(
        ("suffix", "what"),
        [("111", "a single parameter"), ("222", "told twice"), ("333", "told before the answer"), ("555", "told late"),
         ("404", "never told")],
    )  # fmt: skip
    def test_however_it_is_told(
        self, simulator: SimulatorProcess, told: DisbursementFacts, suffix: str, what: str
    ) -> None:
        sent = ends(disburse(destination=payee(suffix)), "paid", sweep=suffix == "404")
        work(sent, sweep=True)
        assert left(simulator, sent) == [71_300], what
        assert told.about(sent) == ["paid"]
        assert sent.events.filter(kind="moved", data__after="paid").count() == 1

    def test_a_code_in_text_is_the_same_code(self, simulator: SimulatorProcess) -> None:
        simulator.control("next", api="b2c", outcome="text_code")
        ends(disburse(destination=payee()), "paid")


class TestFailed:
    @pytest.mark.parametrize("suffix", ["001", "003", "004", "008", "040", "206", "806", "026"])
    def test_a_failure_says_why_and_nothing_has_left(
        self, simulator: SimulatorProcess, told: DisbursementFacts, suffix: str
    ) -> None:
        sent = ends(disburse(destination=payee(suffix)), "failed")
        assert left(simulator, sent) == []
        assert told.about(sent) == ["failed"]
        assert sent.failure_code in ("1", "SFC_IC0003", "4", "8", "2040", "2006", "8006", "26")
        assert len(sent.failure_text) > 10

    def test_a_wrong_initiator_password(self, simulator: SimulatorProcess, settings: LazySettings) -> None:
        settings.MPESA = {**settings.MPESA, "initiator_password": "wrong", "confirm": "never"}
        assert ends(disburse(destination=payee()), "failed").failure_code == "2001"

    def test_a_refusal_at_the_door_is_final(self, simulator: SimulatorProcess, settings: LazySettings) -> None:
        settings.MPESA = {**settings.MPESA, "b2c_shortcode": "12"}
        sent = ends(disburse(destination=payee()), "failed")
        assert sent.failure_code == "400.002.02"
        assert sent.next_check_at is None

    def test_a_forged_success_is_not_believed(self, simulator: SimulatorProcess, told: DisbursementFacts) -> None:
        sent = ends(disburse(destination=payee("444")), "failed", sweep=True)
        assert left(simulator, sent) == []
        assert told.about(sent) == ["failed"]
        assert InboxMessage.objects.get(kind="b2c.result").status == "quarantined"
        assert sent.receipt == ""

    def test_a_failure_that_was_none_after_all_is_noticed(
        self, simulator: SimulatorProcess, told: DisbursementFacts
    ) -> None:
        sent = ends(disburse(destination=payee("001")), "failed")
        simulator.control("deliveries", action="reset")
        row = simulator.look("initiated", api="b2c", ref=sent.key)[0]
        lie = {"Result": {"ResultType": 0, "ResultCode": 0, "ResultDesc": "ok", "OriginatorConversationID": sent.key,
                          "ConversationID": row["id"], "TransactionID": "SG632NMUAB"}}  # fmt: skip
        claim = b2c.claim(read_result(json.dumps(lie).encode()))
        record_outcome(disbursement_id=sent.pk, outcome=claim, source="query")
        sent.refresh_from_db()
        assert sent.status == "paid"
        assert told.about(sent) == ["failed", "paid"]
        assert Alert.objects.get().code == "disbursement_paid_late"


class TestSilence:
    @pytest.mark.parametrize("kind", ["timeout_after", "drop_after"])
    def test_an_answer_lost_after_acceptance_is_asked_about(
        self, simulator: SimulatorProcess, told: DisbursementFacts, settings: LazySettings, kind: str
    ) -> None:
        settings.PROVIDER_ANSWER_SECONDS = 3
        simulator.control("deliveries", action="drop", match="b2c_")
        simulator.control("fault", kind=kind, path=B2C, seconds=6)
        sent = disburse(destination=payee())
        assert work(sent).status == "unknown"
        assert sent.external_id is None
        sent = ends(sent, "paid", sweep=True)
        assert left(simulator, sent) == [71_300], "repeated under the same key it was known"
        assert sent.events.filter(kind="accepted_before").count() == 1
        assert told.about(sent) == ["unknown", "paid"]

    def test_a_request_that_broke_off_before_is_repeated(
        self, simulator: SimulatorProcess, told: DisbursementFacts
    ) -> None:
        simulator.control("fault", kind="drop", path=B2C)
        sent = disburse(destination=payee())
        assert work(sent).status == "unknown"
        sent = ends(sent, "paid", sweep=True)
        assert left(simulator, sent) == [71_300]

    def test_after_an_hour_nothing_is_repeated_only_asked(self, simulator: SimulatorProcess) -> None:
        simulator.control("fault", kind="drop", path=B2C)
        sent = disburse(destination=payee())
        work(sent)
        Disbursement.objects.filter(pk=sent.pk).update(sent_at=clock.in_seconds(-3601))
        until(lambda: work(sent, sweep=True).events.filter(kind="asked").count() > 6, sent)
        assert sent.status == "unknown", "M-Pesa does not know it, and that is no proof"
        assert len(simulator.look("requests", path=B2C)) == 1
        assert Alert.objects.filter(code="disbursement_stuck").count() == 1

    @pytest.mark.parametrize("kind", ["429", "spike"])
    def test_turned_away_it_is_sent_later(
        self, simulator: SimulatorProcess, told: DisbursementFacts, kind: str
    ) -> None:
        simulator.control("fault", kind=kind, path=B2C)
        sent = disburse(destination=payee())
        work(sent)
        assert (sent.status, sent.sent_at) == ("created", None)
        sent = ends(sent, "paid", sweep=True)
        assert told.about(sent) == ["paid"]
        assert left(simulator, sent) == [71_300]

    @pytest.mark.parametrize("kind", ["500", "503", "html"])
    def test_an_answer_that_says_nothing_is_no_refusal(self, simulator: SimulatorProcess, kind: str) -> None:
        simulator.control("fault", kind=kind, path=B2C)
        sent = disburse(destination=payee())
        assert work(sent).status == "unknown"
        assert left(simulator, ends(sent, "paid", sweep=True)) == [71_300]

    def test_daraja_down(self, simulator: SimulatorProcess, program: SimulatorProcess) -> None:
        port = program.port
        program.stop()
        try:
            sent = disburse(destination=payee())
            assert (work(sent).status, sent.sent_at) == ("created", None)
        finally:
            program.start(port=port)
        ends(sent, "paid", sweep=True)

    def test_trouble_when_asked_is_no_news(self, simulator: SimulatorProcess) -> None:
        sent = disburse(destination=payee("500"))
        work(sent)
        for kind in ("500", "html", "503", "drop"):
            simulator.control("fault", kind=kind, path="transactionstatus")
            work(sent, sweep=True)
            assert sent.status == "sent"

    def test_what_nobody_answers_becomes_uncertain_and_a_person_is_told(
        self, simulator: SimulatorProcess, told: DisbursementFacts
    ) -> None:
        sent = disburse(destination=payee("500"))
        until(lambda: work(sent, sweep=True).status == "unknown", sent)
        assert told.about(sent) == ["unknown"]
        until(lambda: work(sent, sweep=True) and Alert.objects.filter(code="disbursement_stuck").exists(), sent)


class TestQueueTimeout:
    def test_is_not_a_failure(self, simulator: SimulatorProcess, told: DisbursementFacts) -> None:
        sent = disburse(destination=payee("037"))
        until(lambda: work(sent).status == "unknown", sent)
        assert sent.failure_code == "queue_timeout"
        sent = ends(sent, "paid")
        assert left(simulator, sent) == [71_300]
        assert told.about(sent) == ["unknown", "paid"]

    def test_may_be_followed_by_a_failure(self, simulator: SimulatorProcess, told: DisbursementFacts) -> None:
        sent = disburse(destination=payee("019"))
        until(lambda: work(sent).status == "unknown", sent)
        assert ends(sent, "failed").failure_code == "26"

    def test_is_never_sent_again_under_another_name(self, simulator: SimulatorProcess) -> None:
        simulator.control("next", api="b2c", outcome="queue_timeout_lost")
        sent = disburse(destination=payee())
        until(lambda: work(sent).status == "unknown", sent)
        for _ in range(5):
            work(sent, sweep=True)
            send_disbursement(disbursement_id=sent.pk, source="operator")
        assert sent.status == "unknown"
        assert len(simulator.look("requests", path=B2C)) == 1


def test_answers_that_never_arrive_come_before_a_person(simulator: SimulatorProcess, told: DisbursementFacts) -> None:
    simulator.control("deliveries", action="drop")
    sent = disburse(destination=payee())
    for _ in range(STUCK_AFTER + 2):
        work(sent, sweep=True)
    assert sent.status == "sent", "they may still be on their way"
    Disbursement.objects.filter(pk=sent.pk).update(sent_at=clock.in_seconds(-2 * 3600))
    work(sent, sweep=True)
    assert (sent.status, sent.failure_code) == ("unknown", "no_result")
    work(sent, sweep=True)
    assert Alert.objects.filter(code="disbursement_stuck", closed_at=None).exists()
    assert len(simulator.look("requests", path=B2C)) == 1, "and it is never sent again"
    simulator.control("deliveries", action="reset")
    sent = ends(sent, "paid", sweep=True)
    assert told.about(sent) == ["unknown", "paid"]
    assert not Alert.objects.filter(code="disbursement_stuck", closed_at=None).exists()


class TestCrash:
    def test_between_acceptance_and_our_note_of_it(self, simulator: SimulatorProcess, told: DisbursementFacts) -> None:
        """The row as a worker leaves it that was killed while Daraja answered."""
        sent = disburse(destination=payee())
        Disbursement.objects.filter(pk=sent.pk).update(sent_at=clock.now(), checked_at=clock.now(), checks=1)
        sent.refresh_from_db()
        rail("mpesa_b2c").send(sent)
        assert send_disbursement(disbursement_id=sent.pk, source="operator").status == "created", "its lease still runs"
        sent = ends(sent, "paid", sweep=True)
        assert left(simulator, sent) == [71_300]
        assert told.about(sent) == ["paid"]
        assert len(simulator.look("requests", path=B2C)) == 2, "the second time it was known"

    def test_cancelling_is_possible_only_before_it_may_have_been_heard(self, simulator: SimulatorProcess) -> None:
        sent = disburse(destination=payee())
        assert cancel_disbursement(disbursement_id=sent.pk, actor_id=1).status == "cancelled"
        work(sent, sweep=True)
        assert simulator.look("requests", path=B2C) == []
        other = disburse(destination=payee())
        Disbursement.objects.filter(pk=other.pk).update(sent_at=clock.now())
        with pytest.raises(NotCancellable):
            cancel_disbursement(disbursement_id=other.pk, actor_id=1)


def test_the_destination_is_nowhere_in_the_story(simulator: SimulatorProcess) -> None:
    where = payee()
    sent = ends(disburse(destination=where), "paid")
    story = str([event.data for event in sent.events.all()])
    assert where["phone"].removeprefix("+") not in story
    assert where["phone"] in crypto.decrypt(sent.destination_ciphertext)


def test_everybody_asks_at_once(simulator: SimulatorProcess, told: DisbursementFacts) -> None:
    sent = disburse(destination=payee())
    for source in ("operator", "query", "reconciler"):
        send_disbursement(disbursement_id=sent.pk, source=source)
        settle_disbursement(disbursement_id=sent.pk, source=source)
    sent = ends(sent, "paid", sweep=True)
    assert left(simulator, sent) == [71_300]
    assert told.about(sent) == ["paid"]


def test_many_workers_at_the_same_moment_send_once(simulator: SimulatorProcess, told: DisbursementFacts) -> None:
    simulator.control("fault", kind="slow", path=B2C, seconds=0.5)
    sent = disburse(destination=payee())
    start = threading.Barrier(6)

    def send() -> None:
        try:
            start.wait()
            send_disbursement(disbursement_id=sent.pk, source="operator")
        finally:
            connections.close_all()

    workers = [threading.Thread(target=send) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(simulator.look("requests", path=B2C)) == 1, "one of them had it, the others saw that"
    sent = ends(sent, "paid")
    assert left(simulator, sent) == [71_300]
    assert told.about(sent) == ["paid"]
