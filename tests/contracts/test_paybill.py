"""Money paid to the paybill by hand, over real HTTP: it finds its order once, or waits for a person."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from marketplace.core import clock, outbox
from marketplace.core.money import Money
from marketplace.ledger.accounts import Code
from marketplace.ledger.selectors import balance
from marketplace.notifications.models import Alert
from marketplace.payments import paybill
from marketplace.payments.errors import EvidenceMissing, NotNobodys, ReferenceUnknown, WrongCurrency
from marketplace.payments.models import InboxMessage, PaybillReceipt, Payment, Refund
from marketplace.payments.paybill import Payable
from marketplace.payments.providers.mpesa import c2b
from marketplace.payments.services import (
    assign_paybill,
    match_paybill,
    process_inbox,
    reconcile_paybill,
    return_paybill,
    settle_payment,
    vouch_for_paybill,
)
from tests.contracts import giving_back
from tests.contracts.buyers import AMOUNT, PhoneOwner
from tests.factories.payments import Facts, owed_back
from tests.simulator_process import SHORTCODE, SimulatorProcess

ORDERS = {
    "7GQ2M4KP": Payable("7GQ2M4KP", AMOUNT, open=True),
    "7GQ2M4KU": Payable("7GQ2M4KU", Money(AMOUNT.minor, "USD"), open=True),
    "8HR3N5KQ": Payable("8HR3N5KQ", AMOUNT, open=False),
}


@pytest.fixture(autouse=True)
def _shop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A room above that sells: two orders, one of them paid or gone."""
    monkeypatch.setattr(paybill, "_finders", {"test": lambda reference: ORDERS.get(reference)})


@pytest.fixture
def buyer(simulator: SimulatorProcess) -> PhoneOwner:
    simulator.control("settings", result_delay=0.05, late_seconds=0.5)
    call_command("register_paybill", verbosity=0)
    return PhoneOwner(simulator)


def pays(buyer: PhoneOwner, account: str = "7GQ2M4KP", shillings: int = 1500) -> dict[str, Any]:
    """By hand, on the phone's own menu."""
    answer: dict[str, Any] = buyer.simulator.control(
        "paybill", msisdn=buyer.phone.removeprefix("+"), amount=shillings, account=account
    )
    return answer


def work() -> None:
    """One round of the workers, whatever the time."""
    InboxMessage.objects.filter(status="waiting").update(due_at=clock.now())
    process_inbox()
    waiting = PaybillReceipt.objects.filter(next_check_at__isnull=False)
    waiting.update(next_check_at=clock.now())
    waiting.filter(asked_at__lt=clock.in_seconds(-1)).update(asked_at=clock.in_seconds(-61))  # leave it time to answer
    reconcile_paybill()
    outbox.drain()


def until(question: Callable[[], object], within: float = 180.0) -> None:
    end = time.monotonic() + within
    while not question():
        work()
        rows = list(PaybillReceipt.objects.values_list("receipt", "status", "note"))
        assert time.monotonic() < end, (rows, list(InboxMessage.objects.values_list("kind", "status", "note")))
        time.sleep(0.05)


def ends_as(receipt: str, status: str) -> PaybillReceipt:
    until(lambda: PaybillReceipt.objects.filter(receipt=receipt, status=status).exists())
    return PaybillReceipt.objects.get(receipt=receipt)


def collected() -> int:
    """How much the payments that succeeded say came, in minor units."""
    return sum(Payment.objects.filter(status="succeeded").values_list("amount_minor", flat=True))


# -- before it comes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account", "shillings", "code"),
    [
        ("7GQ2M4KP", 1500, ""),
        (" 7gq2-m4kp", 1500, ""),
        ("7GQ2M4KP", 1499, "C2B00013"),
        ("8HR3N5KQ", 1500, "C2B00016"),
        ("RENT", 1500, ""),
    ],
)
def test_what_may_come(buyer: PhoneOwner, account: str, shillings: int, code: str) -> None:
    assert pays(buyer, account, shillings)["refused"] == code


def test_unknown_references_are_turned_away_when_the_site_wants_that(buyer: PhoneOwner, settings: LazySettings) -> None:
    settings.PAYBILL_UNKNOWN = "reject"
    assert pays(buyer, "RENT")["refused"] == "C2B00012"
    assert pays(buyer)["refused"] == ""


def test_a_rejected_payment_leaves_no_trace(buyer: PhoneOwner) -> None:
    pays(buyer, shillings=1499)
    work()
    assert not PaybillReceipt.objects.exists()


# -- by hand ---------------------------------------------------------------------------------------------------------


def test_money_with_an_orders_code_pays_the_order(buyer: PhoneOwner, facts: Facts) -> None:
    receipt = pays(buyer, "7gq2 m4kp")["receipt"]
    row = ends_as(receipt, "matched")
    assert row.payment is not None
    assert (row.payment.status, row.payment.receipt, row.payment.amount) == ("succeeded", receipt, AMOUNT)
    assert row.payment.reference == "7GQ2M4KP"
    assert row.verified_at is not None, "M-Pesa was asked"
    assert facts.named(payment_id=str(row.payment.pk)) == ["payments.succeeded"]


def test_the_same_confirmation_again_changes_nothing(buyer: PhoneOwner) -> None:
    buyer.simulator.control("deliveries", action="duplicate", match="c2b_confirmation", copies=3)
    ends_as(pays(buyer)["receipt"], "matched")
    work()
    assert PaybillReceipt.objects.count() == Payment.objects.count() == 1


def test_money_for_an_order_that_waits_for_none_is_for_the_seller_room_to_judge(
    buyer: PhoneOwner, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was open when M-Pesa asked, and was paid before the money came: a second payment, not nobody's."""
    receipt = pays(buyer)["receipt"]
    monkeypatch.setitem(ORDERS, "7GQ2M4KP", Payable("7GQ2M4KP", AMOUNT, open=False))
    row = ends_as(receipt, "matched")
    assert facts.named(reference="7GQ2M4KP") == ["payments.succeeded"]
    assert row.payment is not None


def test_money_without_an_order_is_nobodys_and_before_a_person(buyer: PhoneOwner, facts: Facts) -> None:
    receipt = pays(buyer, "RENT MAY")["receipt"]
    row = ends_as(receipt, "unallocated")
    assert (row.reference_typed, row.reference) == ("RENT MAY", "RENTMAY")
    assert -balance(code=Code.UNALLOCATED, currency="KES") == AMOUNT.minor
    assert facts.named(receipt=receipt) == ["payments.paybill_unmatched"]
    assert Alert.objects.filter(code="paybill_unmatched", closed_at=None).exists()
    assert not Payment.objects.exists()


def test_a_person_assigns_it(buyer: PhoneOwner, facts: Facts) -> None:
    row = ends_as(pays(buyer, "7GQ2M4KB")["receipt"], "unallocated")
    with pytest.raises(ReferenceUnknown):
        assign_paybill(receipt_id=row.pk, reference="NOTHING", actor_id=7)
    with pytest.raises(WrongCurrency):
        assign_paybill(receipt_id=row.pk, reference="7GQ2M4KU", actor_id=7)
    row = assign_paybill(receipt_id=row.pk, reference="7gq2m4kp", actor_id=7)
    assert row.status == "matched"
    assert balance(code=Code.UNALLOCATED, currency="KES") == 0, "the room that sells books it now"
    assert facts.named(reference="7GQ2M4KP") == ["payments.succeeded"]
    with pytest.raises(NotNobodys):
        assign_paybill(receipt_id=row.pk, reference="7GQ2M4KP", actor_id=7)


def test_a_person_returns_it_to_who_sent_it(buyer: PhoneOwner) -> None:
    row = ends_as(pays(buyer, "RENT")["receipt"], "unallocated")
    refund = return_paybill(receipt_id=row.pk, actor_id=7)
    refund = giving_back.until(Refund.objects.get(pk=refund.pk), "succeeded", sweep=True)
    row.refresh_from_db()
    assert (row.status, refund.method, owed_back()) == ("returned", "provider", 0)
    assert balance(code=Code.UNALLOCATED, currency="KES") == balance(code=Code.MPESA_CLEARING, currency="KES") == 0
    with pytest.raises(NotNobodys):
        return_paybill(receipt_id=row.pk, actor_id=7)


def test_a_person_returns_it_to_the_phone_the_payer_names(buyer: PhoneOwner) -> None:
    row = ends_as(pays(buyer, "RENT")["receipt"], "unallocated")
    refund = return_paybill(receipt_id=row.pk, actor_id=7, phone="0712 345 678")
    outbox.drain()
    refund.refresh_from_db()
    assert refund.method == "b2c"
    assert refund.disbursement is not None
    assert refund.disbursement.destination_hint.endswith("678")


# -- and by prompt ---------------------------------------------------------------------------------------------------


def test_the_confirmation_of_a_prompt_is_the_prompts_money(buyer: PhoneOwner, facts: Facts) -> None:
    payment = buyer.start("7GQ2M4KP")
    buyer.pay(payment)
    until(lambda: PaybillReceipt.objects.filter(status="matched").exists())
    payment.refresh_from_db()
    row = PaybillReceipt.objects.get()
    assert (row.payment_id, row.receipt) == (payment.pk, payment.receipt)
    assert collected() == AMOUNT.minor
    assert facts.named(reference="7GQ2M4KP") == ["payments.succeeded"]


def test_a_prompt_whose_callback_is_lost_gets_its_receipt_from_the_confirmation(buyer: PhoneOwner) -> None:
    """Asked about the prompt, M-Pesa says only that it was paid."""
    buyer.simulator.control("deliveries", action="drop", match="stk_callback")
    payment = buyer.start("7GQ2M4KP")
    buyer.pay(payment)
    until(lambda: PaybillReceipt.objects.filter(status="matched").exists())
    payment.refresh_from_db()
    assert (payment.status, payment.receipt) == ("succeeded", PaybillReceipt.objects.get().receipt)
    assert collected() == AMOUNT.minor


def test_the_callback_that_comes_after_its_confirmation_brings_no_other_money(buyer: PhoneOwner, facts: Facts) -> None:
    buyer.simulator.control("deliveries", action="delay", match="stk_callback", seconds=3, count=1)
    payment = buyer.start("7GQ2M4KP")
    buyer.pay(payment)
    until(lambda: PaybillReceipt.objects.filter(status="matched").exists())
    buyer.simulator.control("deliveries", action="release")
    buyer.simulator.advance(5)
    until(lambda: InboxMessage.objects.filter(kind="stk.0", status="done").exists())
    payment.refresh_from_db()
    assert (payment.status, collected()) == ("succeeded", AMOUNT.minor)
    assert facts.named(reference="7GQ2M4KP") == ["payments.succeeded"]


def test_a_prompt_that_failed_and_money_by_hand_is_one_payment(buyer: PhoneOwner, facts: Facts) -> None:
    prompt = buyer.start("7GQ2M4KP")
    buyer.decline(prompt)
    row = ends_as(pays(buyer)["receipt"], "matched")
    prompt.refresh_from_db()
    assert prompt.status == "failed"
    assert row.payment_id != prompt.pk
    assert facts.named(reference="7GQ2M4KP") == ["payments.failed", "payments.succeeded"]


def test_money_by_hand_waits_while_a_prompt_for_it_is_open(buyer: PhoneOwner) -> None:
    prompt = buyer.start("7GQ2M4KP")
    receipt = pays(buyer)["receipt"]
    until(lambda: PaybillReceipt.objects.filter(receipt=receipt, checks__gt=1).exists())
    assert PaybillReceipt.objects.get().note == "a prompt for it is still open"
    assert collected() == 0
    buyer.decline(prompt)
    ends_as(receipt, "matched")
    assert collected() == AMOUNT.minor


# -- forgeries -------------------------------------------------------------------------------------------------------


def forge(site: str, receipt: str, *, account: str = "7GQ2M4KP", amount: str = "1500.00", **more: str) -> int:
    """Someone who found the address out says that money has come."""
    body = {"TransactionType": "Pay Bill", "TransID": receipt, "TransTime": "20261121121325", "TransAmount": amount,
            "BusinessShortCode": SHORTCODE, "BillRefNumber": account, "MSISDN": "2547 ***** 126", **more}  # fmt: skip
    address = c2b.addresses()["ConfirmationURL"]
    return httpx.post(address, json=body, timeout=180).status_code


def test_a_forged_confirmation_makes_no_money(buyer: PhoneOwner, site: str, facts: Facts) -> None:
    assert forge(site, "RKFORGED01") == 200
    row = ends_as("RKFORGED01", "refused")
    assert "does not know it" in row.note
    assert (collected(), balance(code=Code.UNALLOCATED, currency="KES")) == (0, 0)
    assert facts.rows() == []
    assert Alert.objects.filter(code="paybill_refused").exists()


def test_a_true_receipt_with_a_forged_amount_makes_no_money(buyer: PhoneOwner, site: str) -> None:
    buyer.simulator.control("deliveries", action="drop", match="c2b_confirmation")
    receipt = pays(buyer, "RENT", 10)["receipt"]
    forge(site, receipt)
    assert "another amount" in ends_as(receipt, "refused").note
    assert collected() == 0


def test_the_receipt_of_money_we_sent_is_no_income(buyer: PhoneOwner, site: str) -> None:
    row = ends_as(pays(buyer, "RENT")["receipt"], "unallocated")
    refund = giving_back.until(return_paybill(receipt_id=row.pk, actor_id=7), "succeeded", sweep=True)
    forge(site, refund.receipt)
    assert "money we sent" in ends_as(refund.receipt, "refused").note
    assert not Payment.objects.filter(reference="7GQ2M4KP").exists()


def test_two_stories_of_one_receipt_are_for_a_person(buyer: PhoneOwner, site: str) -> None:
    """The money is real, M-Pesa says so; whose it is, only one of the two messages says truly."""
    buyer.simulator.control("deliveries", action="delay", match="c2b_confirmation", seconds=60, count=1)
    receipt = pays(buyer, "RENT")["receipt"]
    buyer.simulator.control("next", api="status", outcome="no_callback", count=50)
    forge(site, receipt, account="7GQ2M4KP")
    until(lambda: PaybillReceipt.objects.filter(status="waiting").exists())
    buyer.simulator.control("deliveries", action="release")
    buyer.simulator.advance(120)
    until(lambda: InboxMessage.objects.filter(kind="c2b.confirm").count() == 2)
    buyer.simulator.control("mend")
    row = ends_as(receipt, "unallocated")
    assert row.reference == ""
    assert collected() == 0


def test_another_address_or_short_code_is_not_listened_to(buyer: PhoneOwner, site: str) -> None:
    assert (
        httpx.post(f"{site}/hooks/sc/c2b/{'0' * 64}/confirm/", json={"TransID": "A1"}, timeout=180).status_code == 404
    )
    assert (
        httpx.post(f"{site}/hooks/sc/c2b/{'0' * 64}/validate/", json={"TransID": "A1"}, timeout=180).status_code == 404
    )
    forge(site, "RKOTHER001", BusinessShortCode="600000")
    work()
    assert InboxMessage.objects.get().status == "quarantined"
    assert not PaybillReceipt.objects.exists()


def test_the_addresses_hold_no_word_that_daraja_refuses(buyer: PhoneOwner) -> None:
    for address in c2b.addresses().values():
        path = address.partition("/hooks/")[2].lower()
        assert not any(word in path for word in ("mpesa", "m-pesa", "safaricom", "exe", "exec", "cmd", "sql", "query"))


# -- M-Pesa cannot be asked ------------------------------------------------------------------------------------------


def test_without_an_operator_at_mpesa_it_waits_for_a_person_who_looked(
    buyer: PhoneOwner, settings: LazySettings
) -> None:
    settings.MPESA = {**settings.MPESA, "certificate": ""}
    receipt = pays(buyer)["receipt"]
    until(lambda: PaybillReceipt.objects.filter(receipt=receipt, checks__gte=8).exists())
    row = PaybillReceipt.objects.get()
    assert (row.status, collected()) == ("waiting", 0)
    assert "cannot be asked" in row.note
    assert Alert.objects.filter(code="paybill_stuck").exists()
    with pytest.raises(EvidenceMissing):
        vouch_for_paybill(receipt_id=row.pk, evidence="", actor_id=7)
    vouch_for_paybill(receipt_id=row.pk, evidence="seen in the portal at 12:13", actor_id=7)
    ends_as(receipt, "matched")
    assert collected() == AMOUNT.minor


def test_a_site_that_trusts_confirmations_need_not_ask(buyer: PhoneOwner, settings: LazySettings) -> None:
    settings.MPESA = {**settings.MPESA, "confirm": "never"}
    row = ends_as(pays(buyer)["receipt"], "matched")
    assert row.verified_at is None


# -- setting it up ---------------------------------------------------------------------------------------------------


def test_registering_twice_says_what_to_do(buyer: PhoneOwner) -> None:
    with pytest.raises(CommandError, match="Delete the addresses in M-Pesa's portal first"):
        call_command("register_paybill", verbosity=0)


def test_settled_payments_stay_settled_when_asked_again(buyer: PhoneOwner) -> None:
    row = ends_as(pays(buyer)["receipt"], "matched")
    assert row.payment is not None
    assert settle_payment(payment_id=row.payment.pk, source="operator").status == "succeeded"
    assert match_paybill(receipt_id=row.pk).status == "matched"
    assert row.amount == Money(150_000, "KES")


def test_registering_waits_for_mpesa_when_told_to(simulator: SimulatorProcess) -> None:
    simulator.control("fault", kind="503", path="/mpesa/c2b/", count=1)
    with pytest.raises(CommandError, match="out of reach"):
        call_command("register_paybill", verbosity=0)
    simulator.control("fault", kind="503", path="/mpesa/c2b/", count=1)
    call_command("register_paybill", wait=10, verbosity=0)
    assert simulator.control("paybill", msisdn="254712345678", amount=10, account="7GQ2M4KP")["refused"] == "C2B00013"
