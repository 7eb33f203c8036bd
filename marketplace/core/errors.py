"""Refusals: the marketplace says no, and says why. Each has a stable code; HTML and JSON are made in one place each."""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Not a bug: never reported as one. `code` is stable and part of the interface; `status` is the HTTP status."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    message: ClassVar[str | Promise] = _("That is not possible.")

    def __init__(self, message: str | Promise | None = None, **details: Any) -> None:
        self.text = message if message is not None else self.message
        self.details = details
        """Values a caller may show or act on, e.g. `left=3`. JSON types only."""
        super().__init__(str(self.code))

    def __str__(self) -> str:
        return str(self.text)


class BadInput(Refusal):
    """The request itself makes no sense: not a number, too large, malformed."""

    code, status, message = "bad_input", 400, _("We could not understand that request.")


class NotYours(Refusal):
    """It exists, or it may not: either way it is not shown. Looks like a 404 on purpose."""

    code, status, message = "not_found", 404, _("We could not find that.")


class TooLarge(Refusal):
    """The body is larger than this address accepts."""

    code, status, message = "too_large", 413, _("That is too large to accept.")


class TooMany(Refusal):
    """A limit on how often or how much one visitor may ask."""

    code, status, message = "too_many", 429, _("That is a lot at once. Please wait a moment and try again.")
