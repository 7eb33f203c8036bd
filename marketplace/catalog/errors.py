"""What editing the catalog refuses, with stable codes."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refusal


class HasSales(Refusal):
    """Somebody bought it, is buying it or once tried to: it is part of their story."""

    code, message = "has_sales", _("This was ordered already, so it cannot be deleted. Stop its sales instead.")


class DateInvalid(Refusal):
    """Details: `errors`, a list of messages per field."""

    code, status, message = "date_invalid", 422, _("This date does not add up.")


class NotPossibleNow(Refusal):
    """The row is in a state that does not allow it, e.g. a cancelled date cannot be changed."""

    code, message = "not_possible_now", _("That is not possible any more.")
