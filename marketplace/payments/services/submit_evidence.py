import uuid
from collections.abc import Mapping

from django.db import transaction

from marketplace.core import clock
from marketplace.core.idempotency import body_hash
from marketplace.payments.errors import DisputeOver, EvidenceMissing, EvidenceRefused, ProviderUnavailable
from marketplace.payments.models import Dispute, PaymentEvent
from marketplace.payments.providers.base import Refused, Silent, Unavailable, outside_transaction
from marketplace.payments.providers.stripe import disputes
from marketplace.payments.services.record_dispute import record_dispute
from marketplace.payments.services.story import tell

OPERATOR = str(PaymentEvent.Source.OPERATOR)


def submit_evidence(*, dispute_id: uuid.UUID | str, evidence: Mapping[str, str], actor_id: int | None) -> Dispute:
    """Answer the payer's bank, by the provider's field names (`disputes.EVIDENCE`), text only; outside transactions.

    Refuses: `dispute_over`, `evidence_missing`, `evidence_refused`, `provider_unavailable` (nothing is lost: again).
    """
    outside_transaction()
    dispute = Dispute.objects.get(pk=dispute_id)
    told = _check(dispute, evidence)
    try:
        found = disputes.submit(dispute.external_id, told, f"sokoni:dispute:{dispute.pk}:{body_hash(told)[:32]}")
    except (Unavailable, Silent) as error:
        raise ProviderUnavailable(provider=dispute.provider) from error
    except Refused as error:
        raise EvidenceRefused(error.text or None, reason=error.code) from error
    _note(dispute.pk, told, actor_id)
    return record_dispute(found=found, source=OPERATOR) or dispute


def _check(dispute: Dispute, evidence: Mapping[str, str]) -> dict[str, str]:
    if not dispute.is_open:
        raise DisputeOver
    unknown = sorted(set(evidence) - disputes.EVIDENCE)
    told = {name: text.strip() for name, text in sorted(evidence.items()) if text.strip()}
    if unknown or sum(map(len, told.values())) > disputes.MOST_EVIDENCE:
        raise EvidenceRefused(fields=unknown)
    if not told:
        raise EvidenceMissing
    return told


@transaction.atomic
def _note(dispute_id: uuid.UUID, evidence: dict[str, str], actor_id: int | None) -> None:
    dispute = Dispute.locked(dispute_id)
    dispute.evidence, dispute.evidence_sent_at = evidence, clock.now()
    dispute.save(update_fields=["evidence", "evidence_sent_at"])
    tell(dispute.payment, source=OPERATOR, kind="dispute_evidence", dispute=dispute.pk, actor=actor_id,
         fields=sorted(evidence))  # fmt: skip
