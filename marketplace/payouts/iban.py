"""Account numbers as people type them. ISO 13616 (IBAN), ISO 9362 (BIC), and plain digits where there is no IBAN."""

import re

LENGTHS = {"AE": 23, "AT": 20, "BE": 16, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "EG": 29, "ES": 24,
           "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IT": 27, "LT": 20, "LU": 20,
           "LV": 21, "MA": 28, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SA": 24, "SE": 24,
           "SI": 19, "SK": 24, "TN": 24, "TR": 26}  # fmt: skip
"""Of those countries a wrong length is noticed too; of others the check digits alone."""
BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
NUMBER = re.compile(r"[0-9]{6,20}")


def compact(text: str) -> str:
    return re.sub(r"[\s.-]+", "", text).upper()


def is_iban(text: str) -> bool:
    """Does it read as an IBAN, and do its check digits agree (ISO 7064, mod 97-10)?"""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", text):
        return False
    if len(text) != LENGTHS.get(text[:2], len(text)):
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def looks_like_iban(text: str) -> bool:
    return text[:2].isalpha()


def is_bic(text: str) -> bool:
    return bool(BIC.fullmatch(text))


def is_number(text: str) -> bool:
    return bool(NUMBER.fullmatch(text))
