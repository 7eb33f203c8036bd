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

_CARD_GONE = _("The card it was paid with no longer takes money. Give it back another way.")
_DISPUTED = _("The payer's bank disputes the payment: Stripe gives nothing back until that is decided.")

REFUND_TEXTS: dict[str, str | Promise] = {
    "lost_or_stolen_card": _CARD_GONE,
    "expired_or_canceled_card": _CARD_GONE,
    "declined": _("The payer's bank did not take the money back. Give it back another way."),
    "charge_for_pending_refund_disputed": _DISPUTED,
    "charge_disputed": _DISPUTED,
    "charge_already_refunded": _("Stripe has given back all of this payment already. Look for a refund made there."),
    "amount": _("Stripe says that less is left of this payment. Look for a refund made there."),
    "insufficient_funds": _("There was not enough money at Stripe. Try again when more has come in."),
    "balance_insufficient": _("There is not enough money at Stripe. Try again when more has come in."),
    "merchant_request": _("It was called off in Stripe's dashboard."),
    "canceled": _("It was called off."),
    "never_made": _("Stripe never heard of it. Try again."),
    "unknown": _("Stripe could not give it back and says no more. Try again, or give it back another way."),
}
"""Why a refund failed, for the people who look after it (docs.stripe.com/refunds, failed refunds)."""
