"""Sellers' money: who must agree, how long a new destination waits, what is withheld."""

from config.settings.parts.values import E

PLATFORM_COUNTRY = E["PLATFORM_COUNTRY"]
PLATFORM_NAME = E["PLATFORM_NAME"]
PLATFORM_TAX_NUMBER = E["PLATFORM_TAX_NUMBER"]
PAYOUT_SECOND_APPROVAL = {
    currency: int(minor) for currency, _, minor in (limit.partition(":") for limit in E["PAYOUT_SECOND_APPROVAL"])
}
PAYOUT_COOL_OFF_HOURS = E["PAYOUT_COOL_OFF_HOURS"]
PAYOUT_WITHHOLDING_BASE = E["PAYOUT_WITHHOLDING_BASE"]
