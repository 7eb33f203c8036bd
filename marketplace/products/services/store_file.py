import hashlib
import re
from typing import Any

from django.db import IntegrityError, transaction

from marketplace.audit.services import record
from marketplace.products.errors import FileNameTaken
from marketplace.products.models import ProductVersion, VersionFile

UNSAFE = re.compile(r"[^\w.+-]+")


def store_file(*, version: ProductVersion, upload: Any, platform: str = "", actor_id: int | None) -> VersionFile:
    """Put an uploaded file of a release into private storage, with its size and SHA-256. Raises `FileNameTaken`."""
    row = VersionFile(version=version, name=safe_name(upload.name), platform=platform)
    if version.files.filter(name=row.name).exists():
        raise _taken()
    row.sha256, row.size = _measure(upload)
    row.file.save(row.name, upload, save=False)  # outside the transaction: an object store may take its time
    try:
        with transaction.atomic():
            row.save()
            data = {"name": row.name, "size": row.size, "sha256": row.sha256}
            record(action="version_file.created", target=row, actor_id=actor_id, data=data)
    except IntegrityError as error:
        row.file.storage.delete(str(row.file.name))
        raise _taken() from error
    return row


def safe_name(name: str) -> str:
    """A file name every file system takes: no paths, no spaces, no surprises."""
    found = UNSAFE.sub("-", name.replace("\\", "/").rpartition("/")[2]).strip(".-")
    return found[-160:] or "file"


def _measure(upload: Any) -> tuple[str, int]:
    """Checksum and size of the upload itself: object stores read a file in their own order, even twice."""
    digest, size = hashlib.sha256(), 0
    for chunk in upload.chunks():
        digest.update(chunk)
        size += len(chunk)
    upload.seek(0)
    return digest.hexdigest(), size


def _taken() -> FileNameTaken:
    return FileNameTaken(errors={"upload": [str(FileNameTaken.message)]})
