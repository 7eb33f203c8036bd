"""What payments refuse, with stable codes."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import BadInput, Refusal


class PaymentInProgress(Refusal):
    """Another payment of the same thing is live. Details: `provider`, `retry_after_seconds`."""

    code, status = "payment_in_progress", 409
    message = _("A payment for this is already under way. Finish it, or wait until it has ended.")


class PaymentInReview(Refusal):
    """An earlier payment may have taken money; paying again could take it twice."""

    code, status = "payment_in_review", 409
    message = _("We are finding out whether your last payment went through. Please do not pay again; we will write.")


class AlreadyPaid(Refusal):
    code, status, message = "already_paid", 409, _("This is already paid.")


class ProviderUnavailable(Refusal):
    """The provider certainly took nothing. Details: `provider`."""

    code, status = "provider_unavailable", 503
    message = _("We cannot reach the payment service right now. Try again in a minute, or pay another way.")


class PaymentRefused(Refusal):
    """The provider said no at once. Details: `provider`, `reason`."""

    code, status, message = "payment_refused", 402, _("The payment was refused. Try again, or pay another way.")


class PhoneInvalid(BadInput):
    code = "phone_invalid"
    message = _("That does not look like a phone number. Write it like 0712 345 678.")


class AmountNotPayable(Refusal):
    """The provider cannot collect this amount or currency."""

    code, status, message = "amount_not_payable", 409, _("This amount cannot be paid this way.")


class CoolDown(Refusal):
    """Details: `provider`, `retry_after_seconds`."""

    code, status = "cool_down", 429
    message = _("M-Pesa takes the same amount from the same phone only once in two minutes. Please wait a little.")


class ProviderUnknown(BadInput):
    code, message = "provider_unknown", _("We do not know that way to pay.")


class SignatureInvalid(BadInput):
    """Signed with none of our secrets, too old, or not signed at all."""

    code, message = "signature_invalid", _("The signature does not fit.")


class Malformed(BadInput):
    code, message = "malformed", _("That is not a message we understand.")


class AddressNotAllowed(Refusal):
    code, status, message = "address_not_allowed", 403, _("Messages are not accepted from this address.")
