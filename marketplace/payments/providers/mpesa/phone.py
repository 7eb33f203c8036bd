"""Phone numbers: what people type becomes E.164; what M-Pesa rings is a Kenyan mobile number."""

import re

import phonenumbers
from django.utils.translation import gettext_lazy as _

from marketplace.payments.errors import PhoneInvalid

KENYAN_MOBILE = re.compile(r"\+254[17]\d{8}")
"""By pattern, not by the library's table of ranges: new prefixes are handed out faster than it is updated."""


def normalize(text: str, region: str = "KE") -> str:
    """Read a number as typed in `region` ("0712 345 678", "+254 712-345678") into E.164. Raises `PhoneInvalid`."""
    try:
        number = phonenumbers.parse(text[:40], region)
    except phonenumbers.NumberParseException as error:
        raise PhoneInvalid from error
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    kenyan = number.country_code == 254 and KENYAN_MOBILE.fullmatch(written)
    if number.extension or not (kenyan or phonenumbers.is_valid_number(number)):
        raise PhoneInvalid
    return written


def kenyan_mobile(text: str) -> str:
    """E.164 of a number M-Pesa can ring. Raises `PhoneInvalid`."""
    written = normalize(text)
    if not KENYAN_MOBILE.fullmatch(written):
        raise PhoneInvalid(_("M-Pesa rings Kenyan mobile numbers only. Write yours like 0712 345 678."))
    return written


def msisdn(e164: str) -> str:
    """As Daraja wants it: 12 digits, no plus sign."""
    return e164.removeprefix("+")
