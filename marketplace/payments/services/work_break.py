from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.audit.services import record
from marketplace.core import clock
from marketplace.core.errors import BadInput, Refusal
from marketplace.ledger.accounts import AccountKey, Code, clearing
from marketplace.ledger.services import post
from marketplace.payments.models import Break, Item


class NothingExplained(BadInput):
    code, message = "nothing_explained", _("Say why this is right as it is: somebody will ask in a year.")


class CaseClosed(Refusal):
    code, message = "case_closed", _("This case is closed already.")


class NotAPayout(Refusal):
    code, message = "not_a_payout", _("Only what the provider moved to our bank can be booked this way.")


@transaction.atomic
def assign_break(*, break_id: int, to: int | None, actor_id: int | None) -> Break:
    """Say who looks after a case; `to` is a user's number, None gives it back."""
    case = Break.objects.select_for_update(no_key=True, of=("self",)).get(pk=break_id)
    case.assigned_to = to
    case.save(update_fields=["assigned_to"])
    record(action="break.assigned", target=case, actor_id=actor_id, data={"to": to})
    return case


@transaction.atomic
def explain_break(*, break_id: int, note: str, actor_id: int) -> Break:
    """Close a case whose two sides will never agree, and say why. It comes back when anything about it changes."""
    case = _open_case(break_id)
    if not note.strip():
        raise NothingExplained
    case.note, case.closed_by, case.resolved_at = note.strip(), actor_id, clock.now()
    case.save(update_fields=["note", "closed_by", "resolved_at"])
    record(action="break.explained", target=case, actor_id=actor_id, data={"note": case.note})
    return case


@transaction.atomic
def book_moved_to_bank(*, break_id: int, actor_id: int) -> Break:
    """The provider moved money to our bank (or from it): book it as such. The case closes when it is compared next.

    Idempotent by the provider's name of the movement.
    """
    case = _open_case(break_id)
    if case.item != Item.PAYOUT or case.kind != Break.Kind.MISSING_HERE or not case.theirs_minor:
        raise NotAPayout
    if case.theirs_minor > 0:
        raise NotAPayout
    post(
        key=f"moved:{case.provider}:{case.name}", kind="moved_to_bank", currency=case.currency,
        lines={AccountKey(Code.BANK): -case.theirs_minor, clearing(case.provider): case.theirs_minor},
        reference=case.name[:64],
    )  # fmt: skip
    record(action="break.moved_to_bank", target=case, actor_id=actor_id, data={"minor": -case.theirs_minor})
    return case


def _open_case(break_id: int) -> Break:
    case = Break.objects.select_for_update(no_key=True, of=("self",)).get(pk=break_id)
    if case.resolved_at is not None:
        raise CaseClosed
    return case
