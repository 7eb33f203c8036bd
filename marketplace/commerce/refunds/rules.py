"""What was promised about refunds, read from the line's own copy. Pure."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from marketplace.commerce import conf
from marketplace.commerce.models import Offer, OrderLine

Rule = Offer.RefundRule


@dataclass(frozen=True, slots=True)
class Entitlement:
    """`percent` of what was paid, until `until` (inclusive); 0: nothing is promised. `ask`: the seller decides."""

    percent: int
    until: dt.datetime | None = None
    ask: bool = False


NONE = Entitlement(0)


def entitlement(line: OrderLine, *, paid_at: dt.datetime, now: dt.datetime) -> Entitlement:
    """What the buyer may have back now without asking anybody."""
    if line.refund_rule in (Rule.ASK, ""):
        return Entitlement(0, ask=True)
    last = _last_moment(line, paid_at)
    if last is None:
        return Entitlement(0, ask=line.refund_rule != Rule.NEVER)
    return Entitlement(line.refund_percent, last) if now <= last else Entitlement(0, last)


def _last_moment(line: OrderLine, paid_at: dt.datetime) -> dt.datetime | None:
    """Days are counted on the clock of the place: seven days before 19:00 is 19:00, also over a change of clocks."""
    if line.refund_rule == Rule.BEFORE and line.service_date is not None:
        zone = ZoneInfo(line.service_zone or conf.time_zone())
        local = line.service_date.astimezone(zone)
        return (local.replace(tzinfo=None) - dt.timedelta(days=line.refund_days)).replace(tzinfo=zone)
    if line.refund_rule == Rule.AFTER:
        return paid_at + dt.timedelta(days=line.refund_days)
    return None


def in_words(rule: str, days: int, percent: int) -> str | Promise:
    """The promise as people read it, before and after buying."""
    if rule == Rule.NEVER:
        return _("No refunds, unless it is cancelled.")
    if rule == Rule.BEFORE:
        text = ngettext("until %(days)d day before it takes place", "until %(days)d days before it takes place", days)
    elif rule == Rule.AFTER:
        text = ngettext("until %(days)d day after the purchase", "until %(days)d days after the purchase", days)
    else:
        return _("On request: the seller decides.")
    when = text % {"days": days}
    if percent == 100:
        return _("Full refund %(when)s.") % {"when": when}
    return _("Refund of %(percent)d %% %(when)s.") % {"percent": percent, "when": when}


def promise_of(line: OrderLine) -> str:
    """What was promised for a line, in words."""
    return str(in_words(line.refund_rule, line.refund_days, line.refund_percent))
