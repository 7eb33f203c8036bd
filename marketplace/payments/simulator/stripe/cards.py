"""Test cards: by number on the card page, by pm_card_... token in the API."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Card:
    """A card and what becomes of a payment with it."""

    number: str
    brand: str = "visa"
    code: str = ""  # error code of a decline; empty means it works
    decline_code: str = ""
    message: str = ""
    challenge: bool = False  # asks for 3-D Secure first
    dispute: str = ""  # reason of a dispute that follows
    refund: str = ""  # "fails" or "waits"
    inquiry: bool = False  # the dispute is only a question of the bank: no money leaves

    @property
    def last4(self) -> str:
        """Return the digits that may be shown."""
        return self.number[-4:]


def declined(
    number: str, decline_code: str, message: str = "Your card was declined.", code: str = "card_declined"
) -> Card:
    """Return a card that is declined."""
    return Card(number, code=code, decline_code=decline_code, message=message)


AT_ONCE = "4000000000000077"  # what is paid with it is available without waiting
TRY_AGAIN = "An error occurred while processing your card. Try again in a little bit."
CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242"),
        Card("5555555555554444", brand="mastercard"),
        Card("378282246310005", brand="amex"),
        Card(AT_ONCE),
        declined("4000000000000002", "generic_decline"),
        declined("4000000000009995", "insufficient_funds", "Your card has insufficient funds."),
        declined("4000000000009987", "lost_card"),
        declined("4000000000000069", "expired_card", "Your card has expired.", "expired_card"),
        declined("4000000000000127", "incorrect_cvc", "Your card's security code is incorrect.", "incorrect_cvc"),
        declined("4000000000000119", "processing_error", TRY_AGAIN, "processing_error"),
        Card("4000002500003155", challenge=True),
        Card("4000000000003220", challenge=True),
        replace(declined("4000008400001629", "generic_decline"), challenge=True),
        Card("4000000000000259", dispute="fraudulent"),
        Card("4000000000002685", dispute="product_not_received"),
        Card("4000000000001976", dispute="fraudulent", inquiry=True),
        Card("4000000000005126", refund="fails"),
        Card("4000000000007726", refund="waits"),
    )
}  # fmt: skip

# The names POST /_sim/next knows.
OUTCOMES = {
    "success": "4242424242424242",
    "decline": "4000000000000002",
    "insufficient_funds": "4000000000009995",
    "challenge": "4000002500003155",
    "dispute": "4000000000000259",
    "refund_fails": "4000000000005126",
    "refund_waits": "4000000000007726",
}

TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_bypassPending": "4000000000000077",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclinedLostCard": "4000000000009987",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
    "pm_card_chargeDeclinedProcessingError": "4000000000000119",
    "pm_card_authenticationRequired": "4000002500003155",
    "pm_card_threeDSecure2Required": "4000000000003220",
    "pm_card_threeDSecureRequiredChargeDeclined": "4000008400001629",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_createDisputeProductNotReceived": "4000000000002685",
    "pm_card_createDisputeInquiry": "4000000000001976",
    "pm_card_refundFail": "4000000000005126",
    "pm_card_pendingRefund": "4000000000007726",
}


def by_number(number: str) -> Card:
    """Return a card; an unknown number is declined as test mode declines a real card."""
    return CARDS.get(number) or declined(
        number,
        "test_mode_live_card",
        "Your card was declined. Your request was in test mode, but used a non test card.",
    )


def luhn(number: str) -> bool:
    """Check a card number's last digit."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return 12 <= len(number) <= 19 and (sum(digits[::2]) + sum(doubled)) % 10 == 0
