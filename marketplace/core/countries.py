"""Countries by name, in the reader's language. Source: Unicode CLDR, as Babel ships it."""

import re
from collections.abc import Mapping

from babel import Locale
from django.utils.translation import get_language

NOWHERE = {"EU", "EZ", "UN", "XA", "XB", "QO", "ZZ"}
"""Codes CLDR has for what is no country."""


def country_name(code: str) -> str:
    """The name of an ISO 3166 country, e.g. Kenya for KE; the code itself when it names none."""
    return _territories().get(code, code)


def countries() -> list[tuple[str, str]]:
    """Codes and names, sorted by name."""
    names = _territories().items()
    found = [(code, name) for code, name in names if re.fullmatch(r"[A-Z]{2}", code) and code not in NOWHERE]
    return sorted(found, key=lambda pair: pair[1])


def _territories() -> Mapping[str, str]:
    return Locale.parse((get_language() or "en").replace("-", "_"), sep="_").territories
