"""Money on its way out, exactly once: written as an intent, sent after commit under its own key, asked about."""

from marketplace.payments.disbursements.bank_files import (
    download_bank_file,
    export_bank_file,
    waiting_bank_transfers,
)
from marketplace.payments.disbursements.bank_results import import_bank_result
from marketplace.payments.disbursements.by_hand import settle_by_hand
from marketplace.payments.disbursements.cancel import cancel_disbursement
from marketplace.payments.disbursements.create import create_disbursement
from marketplace.payments.disbursements.send import send_disbursement
from marketplace.payments.disbursements.settle import reconcile_disbursements, settle_disbursement

__all__ = [
    "cancel_disbursement",
    "create_disbursement",
    "download_bank_file",
    "export_bank_file",
    "import_bank_result",
    "reconcile_disbursements",
    "send_disbursement",
    "settle_by_hand",
    "settle_disbursement",
    "waiting_bank_transfers",
]
