import hashlib
from typing import Any

from django.core.files.storage import Storage, storages
from django.db import transaction

from marketplace.audit.services import record
from marketplace.core.ids import opaque_id
from marketplace.payouts.errors import DocumentsFull, DocumentTooLarge, DocumentUnreadable, VerificationClosed
from marketplace.payouts.models import Verification, VerificationDocument
from marketplace.sellers.models import Seller

LARGEST = 8 * 1024 * 1024
"""Bytes: a photograph from a phone, or a few scanned pages."""
MOST = 20
"""Papers per seller: a person has to look through them."""
EDITABLE = (Verification.Status.DRAFT, Verification.Status.REJECTED)
SIGNS = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
)
"""What a file begins with says what it is; its name and what the browser claims do not."""


def documents_storage() -> Storage:
    """Has no addresses: what lies there is read by our own views only."""
    return storages["private"]


def keep_document(*, seller: Seller, kind: str, upload: Any, actor_id: int | None) -> VerificationDocument:
    """Put a seller's paper into private storage, with its size and SHA-256.

    Raises `DocumentTooLarge`, `DocumentUnreadable` (neither PDF nor JPEG nor PNG), `DocumentsFull`, and
    `VerificationClosed` while someone looks at the application or after it was approved.
    """
    if upload.size > LARGEST:
        raise DocumentTooLarge
    content_type, ending = _sniff(upload)
    content = upload.read()
    upload.seek(0)
    identity = opaque_id()
    path = documents_storage().save(f"verification/{seller.pk}/{identity}.{ending}", upload)
    try:
        return _write_down(
            seller, actor_id, id=identity, kind=kind, path=path, name=_shown_name(upload.name, kind, ending),
            content_type=content_type, size=len(content), sha256=hashlib.sha256(content).hexdigest(),
        )  # fmt: skip
    except BaseException:
        documents_storage().delete(path)
        raise


@transaction.atomic
def _write_down(seller: Seller, actor_id: int | None, **fields: Any) -> VerificationDocument:
    status = Verification.Status.DRAFT
    verification, _made = Verification.objects.select_for_update(no_key=True).get_or_create(
        seller=seller, defaults={"status": status, "country": seller.country}
    )
    _check_open(verification)
    if verification.documents.count() >= MOST:
        raise DocumentsFull
    document = VerificationDocument.objects.create(verification=verification, **fields)
    data = {"kind": document.kind, "sha256": document.sha256, "document": str(document.pk)}
    record(action="verification.document_added", target=verification, actor_id=actor_id, data=data)
    return document


@transaction.atomic
def drop_document(*, document_id: str, actor_id: int | None) -> None:
    """Take a paper out again, while the application is the seller's to change."""
    document = VerificationDocument.objects.select_related("verification").get(pk=document_id)
    verification = Verification.locked(document.verification_id)
    _check_open(verification)
    path = document.path
    data = {"kind": document.kind, "sha256": document.sha256, "document": str(document.pk)}
    document.delete()
    record(action="verification.document_dropped", target=verification, actor_id=actor_id, data=data)
    transaction.on_commit(lambda: documents_storage().delete(path))


def _check_open(verification: Verification) -> None:
    if verification.status not in EDITABLE:
        raise VerificationClosed


def _sniff(upload: Any) -> tuple[str, str]:
    head = upload.read(16)
    upload.seek(0)
    for sign, content_type, ending in SIGNS:
        if head.startswith(sign):
            return content_type, ending
    raise DocumentUnreadable


def _shown_name(name: str, kind: str, ending: str) -> str:
    """The seller's own name for it, as far as it is harmless, with the ending that is true."""
    stem = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    stem = "".join(c for c in stem if c.isalnum() or c in " _-")
    return f"{stem.strip()[:120] or kind}.{ending}"
