"""What stands between a seller and the money, each with where to mend it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.payouts.models import Destination, PayoutRun, PayoutSkip, Verification
from marketplace.payouts.presentation.figures import Stand
from marketplace.sellers.models import Seller


@dataclass(frozen=True)
class Step:
    text: str
    label: str = ""
    url: str = ""


@dataclass(frozen=True)
class Skip:
    """Why the last run left the seller out."""

    when: str
    amount: Money
    text: str


def open_steps(seller: Seller, found: Sequence[Stand]) -> list[Step]:
    return [*_verification(seller), *_destinations(seller, [stand.currency for stand in found])]


def _verification(seller: Seller) -> Iterator[Step]:
    verification = Verification.objects.filter(seller=seller).first()
    status, url = verification.status if verification else "", reverse("seller_money:verification", args=[seller.pk])
    if status == Verification.Status.APPROVED:
        return
    if status == Verification.Status.SUBMITTED:
        yield Step(_("We are looking at your papers. Payouts start once that is done."), _("See what was sent"), url)
    elif status == Verification.Status.REJECTED and verification:
        yield Step(_("Something is missing: %(note)s") % {"note": verification.note}, _("Complete it"), url)
    else:
        yield Step(_("Tell us who you are. No payout leaves before that."), _("Start"), url)


def _destinations(seller: Seller, currencies: Sequence[str]) -> Iterator[Step]:
    rows = Destination.objects.filter(seller=seller, status=Destination.Status.ACTIVE)
    active = {row.currency: row for row in rows}
    for currency in currencies:
        url, row = reverse("seller_money:destination", args=[seller.pk, currency]), active.get(currency)
        if row is None:
            yield Step(_("Say where your %(currency)s goes.") % {"currency": currency}, _("Add it"), url)
        elif row.usable_from > clock.now():
            yield Step(cooling_off(row), _("This was not you?"), url)


def cooling_off(destination: Destination) -> str:
    """Why no money goes there yet."""
    return _("%(where)s is new. For safety, nothing is paid there before %(when)s.") % {
        "where": destination.hint, "when": moment(destination.usable_from),
    }  # fmt: skip


def moment(at: object) -> str:
    return date_format(timezone.localtime(at), "j F, H:i")  # type: ignore[arg-type]


def last_skips(seller: Seller) -> list[Skip]:
    """What the newest run said about this seller, where it proposed nothing."""
    newest = PayoutRun.objects.order_by("-started_at", "-pk").values("pk")[:1]
    rows = PayoutSkip.objects.filter(run=Subquery(newest), seller=seller).select_related("run").order_by("currency")
    return [Skip(moment(row.run.started_at), Money(row.available_minor, row.currency), row.text) for row in rows]
