"""What a declined card means to the buyer, and what to do next. Issuers rarely say more than "no"."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DECLINED = _("Your bank declined the card. Try another card, or pay with M-Pesa.")

TEXTS: dict[str, str | Promise] = {
    "card_declined": DECLINED,
    "generic_decline": DECLINED,
    "do_not_honor": DECLINED,
    "insufficient_funds": _("There is not enough money on the card. Try another card, or pay with M-Pesa."),
    "lost_card": DECLINED,
    "stolen_card": DECLINED,
    "expired_card": _("The card has expired. Use another one."),
    "incorrect_cvc": _("The security code does not fit the card. Check it and try again."),
    "processing_error": _("The card could not be checked just now. Try again in a minute."),
    "authentication_required": _("Your bank asks you to confirm the payment. Try again and follow its steps."),
    "payment_intent_authentication_failure": _("Your bank could not confirm that it was you. Try again."),
    "expired": _("The card page was open too long. Start the payment again."),
    "amount_too_small": _("The amount is too small for a card payment."),
}
