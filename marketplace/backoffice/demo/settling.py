"""Sellers are paid: one run is history, with statements and an invoice; one waits for somebody to look at it."""

from marketplace.backoffice.demo.guests import drain
from marketplace.backoffice.demo.past import ago
from marketplace.backoffice.demo.transfers import arrive
from marketplace.core import clock
from marketplace.ledger.accounts import AccountKey, Code
from marketplace.ledger.services import post
from marketplace.payments.disbursements.bank_files import export_bank_file
from marketplace.payments.models import Disbursement
from marketplace.payouts.models import Payout
from marketplace.payouts.services import approve_payout, propose_run, release_due, send_payout
from marketplace.users.models import User

BEGAN, PAID, BANKED, TODAY = 60, 35, 12, 0.1
"""Days before today: the first of all, a run that was paid, one with a transfer at the bank, the run to review."""
FLOAT = 50_000_000
"""Cents the platform began with where transfers to phones come out of."""


def fill_the_float() -> None:
    """Before anything was sold."""
    with ago(BEGAN):
        lines = {AccountKey(Code.MPESA_FLOAT): FLOAT, AccountKey(Code.OPENING): -FLOAT}
        post(key="demo:float", kind="opening", currency="KES", lines=lines, memo="Put into the utility account")


def pay_the_first(people: dict[str, User]) -> None:
    """Released, proposed, approved, and arrived."""
    with ago(PAID):
        for payout in approve_all(people):
            if payout.disbursement is not None:
                arrive(payout.disbursement, receipt=f"TKDEMOP{payout.pk:03d}")
        drain()


def pay_the_second(people: dict[str, User]) -> None:
    """Phones have theirs; what goes over the bank is in a file that the bank has."""
    with ago(BANKED):
        payouts = approve_all(people)
        transfers = [payout.disbursement for payout in payouts if payout.disbursement is not None]
        for number, transfer in enumerate(transfers):
            if transfer.rail == Disbursement.Rail.MPESA_B2C:
                arrive(transfer, receipt=f"TKDEMOQ{number:03d}")
        banked = [transfer.pk for transfer in transfers if transfer.rail == Disbursement.Rail.BANK_FILE]
        export_bank_file(disbursement_ids=banked, execute_on=clock.now().date(), actor_id=people["finance"].pk)
        drain()


def propose_the_third(people: dict[str, User]) -> None:
    """By hand, so that everybody who has something is in it or told why not. Finance decides about these."""
    with ago(TODAY):
        release_due()
        propose_run(actor_id=people["admin"].pk)
        drain()


def approve_all(people: dict[str, User]) -> list[Payout]:
    """A run, agreed to by as many as are needed and handed to the rails."""
    release_due()
    run = propose_run(actor_id=people["support"].pk)
    for payout in run.payouts.all():
        for who in ("finance", "admin")[: payout.approvals_needed]:
            approve_payout(payout_id=payout.pk, actor_id=people[who].pk)
    return [send_payout(payout_id=pk) for pk in run.payouts.values_list("pk", flat=True)]
