"""Sellers' payouts over every rail, with the workers killed between "accepted" and "recorded", and resumed.

The rails are the simulator's own programs: what its ledger says was paid is compared with what was approved.
"""

import csv
import datetime as dt
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
import stripe
from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from pytest_django.plugin import DjangoDbBlocker

from marketplace.core import clock
from marketplace.core.crypto import encrypt
from marketplace.core.models import OutboxEvent
from marketplace.ledger.accounts import Code, clearing, of_seller
from marketplace.ledger.selectors import trial_balance
from marketplace.ledger.services import post
from marketplace.payments.disbursements import download_bank_file, export_bank_file, import_bank_result
from marketplace.payments.models import Disbursement, InboxMessage
from marketplace.payouts import checks
from marketplace.payouts.models import Destination, Payout, Verification
from marketplace.payouts.services import Sold, approve_payout, earn, propose_run, release_due, settle_payout
from marketplace.payouts.services.destinations import read_place
from marketplace.sellers.models import Seller
from tests import databases
from tests.simulator.sellers import ready, settled
from tests.simulator_process import STRIPE_KEY
from tests.stack import ROOT, Stack

RAILS = ("mpesa_b2c", "stripe_transfer", "bank_file")
OLD = dt.timedelta(days=10)
SETTINGS = {"OUTBOX_LEASE_SECONDS": 8, "PROVIDER_ANSWER_SECONDS": 5}


@pytest.fixture
def stack(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stack]:
    """Web server and simulator on a database of their own; workers are started by the test."""
    with django_db_blocker.unblock(), databases.cloned() as url:
        stack = Stack(url, settings=SETTINGS)
        try:
            yield stack.start("simulator", "web")
        finally:
            stack.stop()


def test_every_payout_arrives_once_whoever_is_killed(stack: Stack, vendor: str) -> None:
    many = 500 if vendor == "postgresql" else 60
    stack.control("settings", result_delay=0.02, source_address="196.201.214.200")
    sell(many, connected(stack, many))
    release_due()
    propose_run(actor_id=1)
    owed = {payout.code: payout.net_minor for payout in Payout.objects.all()}
    assert len(owed) == many
    for payout_id in Payout.objects.values_list("pk", flat=True):
        approve_payout(payout_id=payout_id, actor_id=2)

    first, second = worker(stack, die_after=many // 10), worker(stack)
    first.wait(timeout=300)
    assert first.returncode == -signal.SIGKILL
    until(lambda: len(sent_by_phone(stack)) > many // 8, "the second worker is in the middle of it")
    second.kill()
    second.wait()
    lost = Disbursement.objects.filter(status="created", sent_at__isnull=False).count()
    assert lost, "somebody was killed between the rail's answer and our record of it"

    leases_run_out()
    resumed = [worker(stack), worker(stack)]
    try:
        until(lambda: by_bank().count() == Payout.objects.filter(destination__rail="bank_file").count(), "bank orders")
        through_the_bank()
        until(lambda: not Payout.objects.exclude(status="paid").exists(), "all are paid", stack=stack)
    finally:
        for program in resumed:
            program.kill()
            program.wait()

    paid = {payout.code: payout for payout in Payout.objects.select_related("disbursement")}
    phones, transfers = sent_by_phone(stack), transfers_made(stack)
    arrived = {**phones, **transfers, **lines_at_the_bank()}
    assert arrived == {f"payout-{code}": minor for code, minor in owed.items()}
    assert {payout.disbursement.amount_minor for payout in paid.values()} == set(owed.values())
    balances = trial_balance("KES")
    assert balances.get(Code.PAYOUT_IN_TRANSIT, 0) == 0
    assert balances.get(Code.SELLER_AVAILABLE, 0) == 0
    assert [finding for check in CHECKS for finding in check()] == []
    for payout in list(paid.values())[:10]:
        settle_payout(disbursement_id=payout.disbursement_id)
    assert trial_balance("KES") == balances, "hearing it again books nothing"


CHECKS = (checks.sales_and_accounts, checks.in_transit, checks.items_add_up, checks.items_are_postings,
          checks.payouts_and_transfers, checks.invoices)  # fmt: skip


def connected(stack: Stack, many: int) -> str:
    """A connected account at Stripe, and enough there to pay a third of all sellers."""
    shop = stripe.StripeClient(STRIPE_KEY, base_addresses={"api": f"{stack.simulator_url}/stripe"})
    settled(shop, _Clock(stack))  # type: ignore[arg-type]
    return str(ready(shop).id)


class _Clock:
    """What `settled` asks of a simulator."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def advance(self, seconds: float) -> None:
        self.stack.control("clock", advance=seconds)

    def until(self, question: Callable[[], object]) -> None:
        until(question, "the charge is settled")


def sell(many: int, account: str) -> None:
    """So many verified sellers, a third per rail, each with one sale of their own amount."""
    now = clock.now()
    names = range(many)
    sellers = Seller.objects.bulk_create(Seller(name=f"Seller {n}", slug=f"seller-{n}") for n in names)
    Verification.objects.bulk_create(
        Verification(seller=seller, status="approved", country="KE", connect_ready=True) for seller in sellers
    )
    Destination.objects.bulk_create(destination(seller, n, account, now - OLD) for n, seller in enumerate(sellers))
    sold = [
        Sold(n + 1, seller.pk, "ticket", "", f"1 x Line {n}", amount(n), 0, 0, 0, None)
        for n, seller in enumerate(sellers)
    ]
    with transaction.atomic():
        earn(reference="BIG", currency="KES", sold=sold, at=now - OLD)
        for one in sold:
            lines = {
                clearing("mpesa"): one.gross_minor,
                of_seller(Code.SELLER_PENDING, one.seller_id): -one.gross_minor,
            }
            post(key=f"sale:{one.line_id}", kind="sale", currency="KES", lines=lines)


def amount(number: int) -> int:
    """Minor units, each its own within a rail: to a phone whole shillings from 10, at Stripe little."""
    by_rail = {"mpesa_b2c": 100 * (10 + number), "stripe_transfer": 100 + number, "bank_file": 777 + number}
    return by_rail[RAILS[number % 3]]


def destination(seller: Seller, number: int, account: str, since: dt.datetime) -> Destination:
    rail = RAILS[number % 3]
    details = {
        "phone": f"+25471{number:05d}99",
        "account": account,
        "name": "X",
        "bank": "KCB",
        "number": f"{number:08d}",
    }
    place = read_place(rail, "KES", details)
    return Destination(
        seller=seller, status="active", currency="KES", rail=rail, hint=place.hint, fingerprint=str(number),
        details_ciphertext=encrypt(json.dumps(place.details)), usable_from=since,
    )  # fmt: skip


def worker(stack: Stack, *, die_after: int = 0) -> subprocess.Popen[bytes]:
    environment = {**os.environ, **stack.environment, "DIE_AFTER": str(die_after)}
    with (stack.var / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.payout_worker"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )


def leases_run_out() -> None:
    """What the killed had claimed is anybody's again: their leases, moved back in time."""
    past = clock.now() - dt.timedelta(minutes=5)
    Disbursement.objects.filter(status__in=("created", "sent"), next_check_at__isnull=False).update(
        checked_at=past, next_check_at=past
    )
    OutboxEvent.objects.filter(delivered_at=None).update(due_at=past)
    InboxMessage.objects.filter(status="waiting").update(due_at=past)


def by_bank() -> QuerySet[Disbursement]:
    return Disbursement.objects.filter(rail="bank_file")


def through_the_bank() -> None:
    """One file; the bank's report comes in halves, and the whole of it once more."""
    ids = list(by_bank().values_list("pk", flat=True))
    file = export_bank_file(disbursement_ids=ids, execute_on=clock.now().date(), actor_id=3)
    lines = [key for key, _ in read_bank_file(download_bank_file(file_id=file.pk, form="csv", actor_id=3))]
    for some in (lines[: len(lines) // 2], lines):
        report = "end_to_end_id,status\n" + "\n".join(f"{line},paid" for line in some)
        import_bank_result(file_id=file.pk, content=report.encode(), actor_id=3)


def lines_at_the_bank() -> dict[str, int]:
    (file_id,) = set(by_bank().values_list("bank_file", flat=True))
    lines = read_bank_file(download_bank_file(file_id=file_id, form="csv", actor_id=3))
    assert len(dict(lines)) == len(lines)
    return dict(lines)


def read_bank_file(content: bytes) -> list[tuple[str, int]]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return [(row["end_to_end_id"], round(float(row["amount"]) * 100)) for row in rows]


def sent_by_phone(stack: Stack) -> dict[str, int]:
    """What M-Pesa really sent, by our key, in cents. Two under one key would be two rows."""
    rows = [row for row in stack.look("initiated", api="b2c") if row["receipt"]]
    assert len({row["ref"] for row in rows}) == len(rows), "M-Pesa paid something twice"
    return {row["ref"]: row["amount"] * 100 for row in rows}


def transfers_made(stack: Stack) -> dict[str, int]:
    """What Stripe really transferred, by our key."""
    shop = stripe.StripeClient(STRIPE_KEY, base_addresses={"api": f"{stack.simulator_url}/stripe"})
    rows = list(shop.v1.transfers.list({"limit": 100}).auto_paging_iter())
    assert len({row.transfer_group for row in rows}) == len(rows), "Stripe transferred something twice"
    return {str(row.transfer_group): row.amount for row in rows}


def until(question: Callable[[], object], what: str, within: float = 600.0, stack: Stack | None = None) -> None:
    deadline = time.monotonic() + within
    while not question():
        if time.monotonic() > deadline:
            left = list(
                Payout.objects.values("status", "destination__rail").annotate(n=Count("pk"), of=Sum("net_minor"))
            )
            raise AssertionError(f"never: {what}; {left}\n{stack.log('worker')[-3000:] if stack else ''}")
        time.sleep(0.1)
