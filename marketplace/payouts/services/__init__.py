from marketplace.payouts.services.connect_account import begin_connect, check_connect, note_connect
from marketplace.payouts.services.destinations import change_destination
from marketplace.payouts.services.earn import Sold, earn
from marketplace.payouts.services.even_out import even_out
from marketplace.payouts.services.keep_document import drop_document, keep_document
from marketplace.payouts.services.levies import commission_tax_of, levy
from marketplace.payouts.services.postpone import hold_earnings, let_go_earnings, postpone_release
from marketplace.payouts.services.preview_run import Candidate, preview_run
from marketplace.payouts.services.propose_run import (
    fill_runs,
    propose_run,
    request_payout,
    runs_under_way,
    start_run,
)
from marketplace.payouts.services.release import mature_reserves, recover_debts, release_due, release_earning
from marketplace.payouts.services.review import (
    approve_payout,
    approvers,
    cancel_payout,
    hold_payout,
    let_go,
    refuse_own,
    reject_payout,
    why_not_approve,
)
from marketplace.payouts.services.send_payout import send_payout
from marketplace.payouts.services.settle_payout import follow_up, settle_payout
from marketplace.payouts.services.take_back import (
    Part,
    end_dispute,
    end_dispute_lines,
    hold_disputed,
    hold_disputed_lines,
    take_back,
    take_back_lines,
    undo_take_back,
    undo_take_back_lines,
)
from marketplace.payouts.services.terms import AgreedTerms, terms_of
from marketplace.payouts.services.verification import decide_verification, keep_details, submit_verification

__all__ = [
    "AgreedTerms",
    "Candidate",
    "Part",
    "Sold",
    "approve_payout",
    "approvers",
    "begin_connect",
    "cancel_payout",
    "change_destination",
    "check_connect",
    "commission_tax_of",
    "decide_verification",
    "drop_document",
    "earn",
    "end_dispute",
    "end_dispute_lines",
    "even_out",
    "fill_runs",
    "follow_up",
    "hold_disputed",
    "hold_disputed_lines",
    "hold_earnings",
    "hold_payout",
    "keep_details",
    "keep_document",
    "let_go",
    "let_go_earnings",
    "levy",
    "mature_reserves",
    "note_connect",
    "postpone_release",
    "preview_run",
    "propose_run",
    "recover_debts",
    "refuse_own",
    "reject_payout",
    "release_due",
    "release_earning",
    "request_payout",
    "runs_under_way",
    "send_payout",
    "settle_payout",
    "start_run",
    "submit_verification",
    "take_back",
    "take_back_lines",
    "terms_of",
    "undo_take_back",
    "undo_take_back_lines",
    "why_not_approve",
]
