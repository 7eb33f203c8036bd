"""Bank transfers leave in files: made once, handed out any number of times with the same content, settled by line."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core import clock
from marketplace.core.errors import BadInput
from marketplace.payments.disbursements import bank_csv, move, pain001
from marketplace.payments.disbursements.story import OPERATOR, tell
from marketplace.payments.errors import NothingToExport
from marketplace.payments.models import BankFile, BankFileDownload, Disbursement

Status = Disbursement.Status
Form = BankFileDownload.Form
WRITERS = {Form.CSV: bank_csv.write, Form.PAIN: pain001.write}


@transaction.atomic
def export_bank_file(
    *, disbursement_ids: Sequence[uuid.UUID | str], execute_on: dt.date, actor_id: int | None
) -> BankFile:
    """Put waiting bank transfers of one currency into one file; each goes into one file for good.

    Refuses: `nothing_to_export` when one of them is not waiting any more, `bad_input` for several currencies.
    """
    rows = list(Disbursement.objects.select_for_update(no_key=True).filter(pk__in=disbursement_ids).order_by("pk"))
    waiting = [row for row in rows if row.rail == Disbursement.Rail.BANK_FILE and row.status == Status.CREATED]
    if not waiting or len(waiting) != len(set(map(str, disbursement_ids))):
        raise NothingToExport
    if len({row.currency for row in waiting}) > 1:
        raise BadInput(_("A bank file holds one currency."))
    waiting.sort(key=lambda row: (row.created_at, row.pk))
    file = BankFile.objects.create(
        currency=waiting[0].currency, lines=len(waiting), total_minor=sum(row.amount_minor for row in waiting),
        actor_id=actor_id, created_at=clock.now(), execute_on=execute_on,
    )  # fmt: skip
    for number, row in enumerate(waiting, start=1):
        row.bank_file, row.external_id, row.sent_at = file, f"{file.code}-{number:05d}", clock.now()
        row.next_check_at = None
        row.save(update_fields=["bank_file", "external_id", "sent_at", "next_check_at"])
        tell(row, source=OPERATOR, kind="exported", file=file.code, line=number, actor=actor_id)
        move.accept(row, source=OPERATOR)
    return file


def waiting_bank_transfers() -> dict[str, list[Disbursement]]:
    """What is not in a file yet, by currency, oldest first."""
    found: dict[str, list[Disbursement]] = {}
    rows = Disbursement.objects.filter(rail=Disbursement.Rail.BANK_FILE, status=Status.CREATED)
    for row in rows.order_by("created_at"):
        found.setdefault(row.currency, []).append(row)
    return found


@transaction.atomic
def download_bank_file(*, file_id: int, form: str, actor_id: int | None) -> bytes:
    """The file as bytes, the same every time; that it was taken out is recorded."""
    file = BankFile.objects.get(pk=file_id)
    content = WRITERS[Form(form)](file, lines_of(file))
    BankFileDownload.objects.create(
        file=file, form=form, digest=hashlib.sha256(content).hexdigest(), actor_id=actor_id
    )  # fmt: skip
    return content


def lines_of(file: BankFile) -> list[Disbursement]:
    """In the order of their line numbers."""
    return list(file.transfers.order_by("external_id"))
