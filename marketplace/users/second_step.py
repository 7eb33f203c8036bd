"""Who must log in with a second step, and whether they can."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled

from marketplace.users import conf

ENOUGH = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
"""Recovery codes alone are no second step: they are for the day the phone is lost."""


def has_second_step(user: Any) -> bool:
    return bool(is_mfa_enabled(user, types=ENOUGH))


def lacks_second_step(user: Any) -> bool:
    """Must this user set up a second step first? Superusers can do whatever a role can: they count as all of them."""
    roles = conf.mfa_required_roles()
    if not roles:
        return False
    held = user.is_superuser or user.groups.filter(name__in=roles).exists()
    return held and not has_second_step(user)
