from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.core import crypto
from marketplace.core.conf import site_url
from marketplace.users import conf


class MFAAdapter(DefaultMFAAdapter):
    """Second steps as they are kept here: their secrets under the field keys, so that a leaked table opens nothing."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        # allauth says this of keys too, which are no code.
        "incorrect_code": _("That is not right, or was used already. Try again."),
    }

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Rows from before secrets were encrypted hold the plain text."""
        try:
            return crypto.decrypt(encrypted_text)
        except InvalidToken:
            return encrypted_text

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """What a key is called until its owner says better. Nothing is a "master" here: every key opens the same."""
        held = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Key %(number)s") % {"number": held + 1} if held else gettext("My key")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Keys belong to the public address, whatever Host header a request bears: a key added at any name of the site
        under it works at all of them. Browsers take names only, no IP numbers (Web Authentication, section 5.1.2).
        """
        return {"id": urlsplit(site_url()).hostname or "", "name": conf.site_name()}
