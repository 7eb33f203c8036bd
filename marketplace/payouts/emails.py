"""Letters to sellers about their money. Each has a key: however often it is asked for, it is sent once per address."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from marketplace.core.conf import site_url
from marketplace.core.crypto import lookup_hash
from marketplace.core.money import Money
from marketplace.notifications.services import queue
from marketplace.payouts.models import Destination, Payout, Verification
from marketplace.sellers.models import Seller, SellerMember

Facts = Sequence[tuple[str, str]]


def tell_new_destination(destination: Destination) -> None:
    """Also to whom the account may have been taken from: this is how they hear of it, in time to object."""
    day = formats.date_format(timezone.localtime(destination.usable_from), "j F Y, H:i")
    _tell(
        destination.seller,
        key=f"destination:{destination.pk}",
        subject=_("Your payouts go to a new place"),
        text=_(
            "Payouts to %(seller)s will go to %(place)s, from %(day)s on. If this was not you, "
            "answer this mail at once: until then no money goes there."
        )
        % {"seller": destination.seller, "place": destination.hint, "day": day},
        facts=[(_("New place"), destination.hint), (_("Currency"), destination.currency), (_("Used from"), day)],
        page=("destination", destination.currency),
        label=_("See where your money goes"),
    )


def tell_verification(row: Verification) -> None:
    approved = row.status == Verification.Status.APPROVED
    subject = _("Your shop is verified") if approved else _("We need something more from you")
    text = _("Payouts can leave from now on.") if approved else _("What is missing: %(note)s") % {"note": row.note}
    page, label = ("overview", _("See your money")) if approved else ("verification", _("Add what is missing"))
    key = f"verification:{row.pk}:{row.decided_at}"
    _tell(row.seller, key=key, subject=subject, text=text, page=(page,), label=label)


def tell_paid(payout: Payout) -> None:
    facts = _amounts(payout)
    if payout.disbursement and payout.disbursement.receipt:
        facts.append((_("Receipt"), payout.disbursement.receipt))
    _tell(
        payout.seller,
        key=f"payout:{payout.code}:paid:{payout.bookings}",
        subject=_("%(amount)s is with you") % {"amount": payout.net},
        text=_("Payout %(code)s has arrived at %(place)s.") % {"code": payout.code, "place": payout.destination.hint},
        facts=facts,
        page=("payout", payout.code),
        label=_("Open the statement"),
    )


def tell_not_paid(payout: Payout) -> None:
    """Held, rejected, cancelled or failed: what happened, why, and what happens to the money."""
    subject, text = NOT_PAID[Payout.Status(payout.status)]
    _tell(
        payout.seller,
        key=f"payout:{payout.code}:{payout.status}:{payout.bookings}:{lookup_hash(payout.reason, purpose='mail')[:12]}",
        subject=_(subject) % {"code": payout.code},
        text=_(text),
        facts=[(_("Reason"), payout.reason), *_amounts(payout)],
        page=("payout", payout.code),
        label=_("Open the payout"),
    )


NOT_PAID = {
    Payout.Status.HELD: (
        gettext_noop("Payout %(code)s is on hold"),
        gettext_noop("We look at it before it leaves. Your money stays yours meanwhile."),
    ),
    Payout.Status.REJECTED: (
        gettext_noop("Payout %(code)s was not approved"),
        gettext_noop("The money stays on your balance. Answer this mail if you have questions."),
    ),
    Payout.Status.CANCELLED: (
        gettext_noop("Payout %(code)s was cancelled"),
        gettext_noop("The money stays on your balance and is proposed again in the next run."),
    ),
    Payout.Status.FAILED: (
        gettext_noop("Payout %(code)s did not arrive"),
        gettext_noop(
            "The money is back on your balance and is proposed again in the next run. Please check where it goes."
        ),
    ),
}


def _amounts(payout: Payout) -> list[tuple[str, str]]:
    rows = [
        (_("From your balance"), payout.gross_minor),
        (_("Tax withheld"), -payout.withholding_minor),
        (_("Payout fee"), -payout.fee_minor),
        (_("To you"), payout.net_minor),
    ]
    return [(label, str(Money(minor, payout.currency))) for label, minor in rows if minor]


def _tell(
    seller: Seller, *, key: str, subject: str, text: str, page: Sequence[str], label: str, facts: Facts = ()
) -> None:  # fmt: skip
    """`page` is a page about this seller's money: its name in `urls.py`, and what its address needs besides."""
    name, *more = page
    url = site_url() + reverse(f"seller_money:{name}", args=[seller.pk, *more])
    said = {"subject": subject, "text": text, "facts": list(facts), "seller": seller.name, "url": url, "label": label}
    for address in addresses(seller):
        key_here = f"{key}:{lookup_hash(address, purpose='mail')[:16]}"
        queue(key=key_here, template="seller_letter", to=address, context=said)


def addresses(seller: Seller) -> list[str]:
    """The shop's own address and its owners', each once."""
    owners = SellerMember.objects.filter(seller=seller, role=SellerMember.Role.OWNER, user__is_active=True)
    found = [seller.email, *owners.order_by("pk").values_list("user__email", flat=True)]
    return list({address.lower(): address for address in found if address}.values())
