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


class NotAStatement(Malformed):
    """A file that a person chose, and perhaps opened in a spreadsheet before."""

    code = "not_a_statement"
    message = _("That is not a statement we can read. Draw it as CSV in the provider's portal and upload that.")


class AddressNotAllowed(Refusal):
    code, status, message = "address_not_allowed", 403, _("Messages are not accepted from this address.")


class OverRefund(Refusal):
    """More than is left of the payment. Details: `left_minor`."""

    code, status, message = "over_refund", 409, _("That is more than is left of this payment.")


class NotRefundable(Refusal):
    """No money of this payment is here, or this way back does not exist for it. Details: `reason`."""

    code, status, message = "not_refundable", 409, _("This payment cannot be given back that way.")


class PaymentDisputed(Refusal):
    """The payer's bank has the money, or may take it: giving it back as well would give it back twice."""

    code, status = "payment_disputed", 409
    message = _("The payer's bank disputes this payment. Wait until that is decided: the bank may return the money.")


class PayerUnknown(Refusal):
    """There is no phone to send it to: never known, or erased."""

    code, status = "payer_unknown", 409
    message = _("We no longer know the phone this was paid from. Give the money back by hand and say how.")


class EvidenceMissing(BadInput):
    code = "evidence_missing"
    message = _("Say how and when the money was given back, with the reference of the transfer.")


class DestinationInvalid(BadInput):
    """Money cannot be sent there over this rail."""

    code, message = "destination_invalid", _("Money cannot be sent there. Check where it is to go.")


class NotCancellable(Refusal):
    """The rail may have heard of it."""

    code, status = "not_cancellable", 409
    message = _("This transfer may be under way already. Wait for its outcome.")


class AccountRefused(Refusal):
    """Stripe opens no such account, or does not know it. Details: `reason`."""

    code, status, message = "account_refused", 409, _("Stripe cannot open this account.")


class NothingToExport(Refusal):
    """A transfer is in a file already, or has been cancelled meanwhile."""

    code, status = "nothing_to_export", 409
    message = _("Not all of these transfers are still waiting for a file. Look at the list again.")


class DisputeOver(Refusal):
    code, status, message = "dispute_over", 409, _("The bank has decided already: nothing more can be said to it.")


class EvidenceRefused(BadInput):
    """Details: `fields` nobody knows, or the provider's `reason`."""

    code, message = "evidence_refused", _("The bank does not take this evidence. Look at the fields and try again.")


class NotNobodys(Refusal):
    """It has an owner already, was returned, or M-Pesa has not vouched for it."""

    code, status, message = "not_nobodys", 409, _("This money is not waiting for anybody to say whose it is.")


class ReferenceUnknown(BadInput):
    code, message = "reference_unknown", _("We know nothing by that reference. Check the order code.")


class WrongCurrency(BadInput):
    """Money of one currency pays nothing that is priced in another."""

    code, message = "wrong_currency", _("That is priced in another currency. Give the money back instead.")
