from marketplace.audit.services import record
from marketplace.core.crypto import decrypt
from marketplace.licensing.errors import LicenseNotActive
from marketplace.licensing.models import License
from marketplace.licensing.standing import REVOKED, standing_of


def reveal_key(*, license: License, actor_id: int | None) -> str:
    """The key in full, and a line in the activity log that it was shown. Raises `LicenseNotActive` once revoked."""
    if standing_of(license) == REVOKED:
        raise LicenseNotActive(REVOKED.title, standing=REVOKED.code)
    record(action="license.key_shown", target=license, actor_id=actor_id)
    return decrypt(license.key_ciphertext)
