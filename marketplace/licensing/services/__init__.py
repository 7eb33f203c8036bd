from marketplace.licensing.services.downloads import LINK_SECONDS, hand_out, read_link, sign_link
from marketplace.licensing.services.expire import expire_licenses
from marketplace.licensing.services.issue import issue_licenses
from marketplace.licensing.services.reveal import reveal_key
from marketplace.licensing.services.revoke import revoke_licenses
from marketplace.licensing.services.suspend import resume_licenses, suspend_licenses
from marketplace.licensing.services.validate import Validation, validate_key

__all__ = [
    "LINK_SECONDS",
    "Validation",
    "expire_licenses",
    "hand_out",
    "issue_licenses",
    "read_link",
    "resume_licenses",
    "reveal_key",
    "revoke_licenses",
    "sign_link",
    "suspend_licenses",
    "validate_key",
]
