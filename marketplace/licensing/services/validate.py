from dataclasses import dataclass

from marketplace.core.crypto import lookup_hash
from marketplace.licensing.keys import read_key
from marketplace.licensing.models import License
from marketplace.licensing.services.issue import KEY_PURPOSE
from marketplace.licensing.standing import standing_of


@dataclass(frozen=True, slots=True)
class Validation:
    """`code` is stable: active, expired, suspended, revoked, or unknown when there is no such key."""

    code: str
    license: License | None = None

    @property
    def valid(self) -> bool:
        return self.code == "active"


def validate_key(*, key: str) -> Validation:
    """Is this key good right now? One indexed look-up by keyed hash, and nothing is written."""
    written = read_key(key)
    if written is None:
        return Validation("unknown")
    found = License.objects.select_related("plan").filter(key_hash=lookup_hash(written, purpose=KEY_PURPOSE)).first()
    return Validation(standing_of(found).code, found) if found else Validation("unknown")
