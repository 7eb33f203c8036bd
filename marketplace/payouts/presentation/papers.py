"""Which papers a seller has to hand in, and which are still missing."""

from marketplace.payouts.models import Verification, VerificationDocument

Kind = VerificationDocument.Kind
NEEDED = {
    Verification.Entity.PERSON: (Kind.IDENTITY, Kind.TAX),
    Verification.Entity.COMPANY: (Kind.REGISTRATION, Kind.IDENTITY, Kind.TAX),
}
"""Of a company: who acts for it proves who they are."""


def missing(entity: str, verification: Verification | None) -> list[str]:
    """Names of the papers that are needed and not there."""
    have = {document.kind for document in verification.documents.all()} if verification else set()
    wanted = NEEDED[Verification.Entity(entity or Verification.Entity.PERSON)]
    return [str(kind.label) for kind in wanted if kind not in have]
