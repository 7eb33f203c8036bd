"""What editing products refuses, with stable codes."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refusal


class VersionTaken(Refusal):
    """Details: `errors`, a list of messages per field."""

    code, status, message = "version_taken", 422, _("This product has that version already.")


class FileNameTaken(Refusal):
    """Details: `errors`, a list of messages per field."""

    code, status, message = "file_name_taken", 422, _("This version has a file of that name already.")


class StillOffered(Refusal):
    """A version or file somebody may be downloading is withdrawn before it is deleted."""

    code, message = "still_offered", _("Withdraw this version first. Files of a version on offer are not deleted.")


class OnRecord(Refusal):
    """Its downloads are logged for good, and a log must be able to say of what."""

    code, message = "on_record", _("Downloads of this file are on record, so it is kept. Withdraw the version instead.")
