"""The same request twice gets the same answer once. Keys of money never expire."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refusal
from marketplace.core.models import RememberedAnswer


class KeyReused(Refusal):
    """The key was used before, for something else."""

    code, status, message = "idempotency_key_reused", 422, _("This request was already used for something else.")


class StillWorking(Refusal):
    """The first request with this key has not been answered yet."""

    code, status, message = "still_working", 409, _("We are still working on your first request.")


def body_hash(body: Any) -> str:
    """A stable hash of a JSON-like body."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def once(*, scope: str, key: str, body: Any, work: Callable[[], Any]) -> Any:
    """Run `work` once per (scope, key) and remember its JSON answer. A failed `work` is forgotten: retry it."""
    digest = body_hash(body)
    try:
        with transaction.atomic():
            row = RememberedAnswer.objects.create(scope=scope, key=key, body_hash=digest)
    except IntegrityError:
        return _remembered(scope=scope, key=key, digest=digest)
    try:
        answer = work()
    except BaseException:
        row.delete()
        raise
    RememberedAnswer.objects.filter(pk=row.pk).update(answer={"value": answer})
    return answer


def _remembered(*, scope: str, key: str, digest: str) -> Any:
    row = RememberedAnswer.objects.get(scope=scope, key=key)
    if row.body_hash != digest:
        raise KeyReused
    if row.answer is None:
        raise StillWorking
    return row.answer["value"]
