"""Currencies, least and greatest amounts (stripe notes, section 2). Amounts are whole minor units."""

from decimal import Decimal

from .errors import ParamError

# Stripe's published minimums, in minor units.
LEAST = {
    "usd": 50, "eur": 50, "gbp": 30, "cad": 50, "aud": 50, "nzd": 50, "sgd": 50, "chf": 50, "brl": 50, "inr": 50,
    "hkd": 400, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "sek": 300, "dkk": 250, "pln": 200, "czk": 1500,
    "huf": 17500, "ron": 200, "aed": 200, "thb": 1000, "bgn": 100,
}  # fmt: skip
# Not published: about 0.50 USD at round 2026 rates [assumed].
ABOUT = {
    "kes": 7000, "ugx": 190000, "tzs": 130000, "rwf": 700, "etb": 6000, "ngn": 80000, "ghs": 600, "zar": 900,
    "egp": 2500, "mad": 500, "xof": 300, "xaf": 300, "ils": 200, "try": 2000, "idr": 800000, "php": 2900,
    "krw": 700, "vnd": 13000, "cny": 350, "twd": 1600, "cop": 200000, "clp": 470, "pen": 190, "ars": 70000,
    "bhd": 190, "jod": 360, "kwd": 160, "omr": 200, "tnd": 1500, "sar": 190, "qar": 190, "isk": 7000, "mur": 2300,
}  # fmt: skip
ZERO_DECIMAL = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
)
THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
MOST = 99_999_999


def known_currency(code: str, param: str) -> str:
    """Return the code in lower case, or refuse one we do not know."""
    lowered = code.lower()
    if lowered not in LEAST and lowered not in ABOUT:
        raise ParamError(
            param,
            f"Invalid currency: {lowered}. Supported here: {', '.join(sorted(LEAST | ABOUT))}",
        )
    return lowered


def check_amount(amount: int, currency: str, param: str) -> None:
    """Refuse an amount below the currency's minimum, above eight digits, or finer than its coins."""
    least = LEAST.get(currency, ABOUT.get(currency, 1))
    if amount < least:
        message = (
            f"Amount must convert to at least 50 cents; {shown(amount, currency)} is below {shown(least, currency)}"
        )
        raise ParamError(param, f"{message}.", "amount_too_small")
    if amount > MOST:
        raise ParamError(param, f"Amount must be no more than {shown(MOST, currency)}", "amount_too_large")
    if (currency in THREE_DECIMAL and amount % 10) or (currency in ("ugx", "isk") and amount % 100):
        raise ParamError(param, f"Invalid amount: {amount} is finer than {currency} allows", "invalid_charge_amount")


def digits(currency: str) -> int:
    """Return how many digits follow a currency's point."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def shown(amount: int, currency: str) -> str:
    """Write an amount for people, for instance `KES 1,500.00`."""
    exponent = digits(currency)
    return f"{currency.upper()} {Decimal(amount).scaleb(-exponent):,.{exponent}f}"
