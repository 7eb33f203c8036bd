"""How things stand with a license at a moment. The clock decides when it expires, not a job that marks it."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core import clock
from marketplace.licensing.models import License

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Standing:
    """`code` is stable and part of the interface; `tone` and `icon` are the design system's."""

    code: str
    label: Text
    tone: str
    icon: str = ""
    title: Text = ""
    text: Text = ""

    @property
    def usable(self) -> bool:
        return self.code == "active"


ACTIVE = Standing("active", _("Active"), "good", "check")
EXPIRED = Standing(
    "expired",
    _("Expired"),
    "warn",
    "clock",
    _("This license has expired"),
    _("The key is no longer accepted and downloads are closed. A new license continues where this one ended."),
)
SUSPENDED = Standing(
    "suspended",
    _("Suspended"),
    "warn",
    "warning",
    _("This license is suspended"),
    _("The key is not accepted for now. Please write to us with your order number."),
)
REVOKED = Standing(
    "revoked",
    _("Revoked"),
    "bad",
    "cross",
    _("This license was revoked"),
    _("It was refunded or withdrawn. The key is not accepted any more."),
)


def standing_of(license: License, now: dt.datetime | None = None) -> Standing:
    if license.status == License.Status.REVOKED:
        return REVOKED
    if license.status == License.Status.EXPIRED or has_run_out(license, now or clock.now()):
        return EXPIRED
    return SUSPENDED if license.status == License.Status.SUSPENDED else ACTIVE


def has_run_out(license: License, now: dt.datetime) -> bool:
    return license.expires_at is not None and license.expires_at <= now
