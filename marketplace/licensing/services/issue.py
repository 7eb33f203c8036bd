import datetime as dt

from django.db import transaction

from marketplace.commerce.models import OrderLine
from marketplace.core import clock
from marketplace.core.crypto import encrypt, lookup_hash
from marketplace.licensing.keys import new_key
from marketplace.licensing.models import License
from marketplace.products.models import LicensePlan

KEY_PURPOSE = "license key"


def issue_licenses(*, line: OrderLine) -> list[License]:
    """One license per unit of a paid order line, however often and by however many workers it is called.

    The unique (line, position) is the judge: a racing insert does nothing. Raises `RuntimeError` when fewer licenses
    than sold came to be, so that the fact is delivered again.
    """
    with transaction.atomic():
        have = set(License.objects.filter(order_line=line).values_list("position", flat=True))
        missing = [position for position in range(1, line.quantity + 1) if position not in have]
        if missing:
            plan = plan_of(line)
            License.objects.bulk_create([_make(line, plan, position) for position in missing], ignore_conflicts=True)
        licenses = list(License.objects.filter(order_line=line).order_by("position"))
        if len(licenses) != line.quantity:
            raise RuntimeError(f"order line {line.pk}: {len(licenses)} licenses for {line.quantity} sold")
    return licenses


def _make(line: OrderLine, plan: LicensePlan, position: int) -> License:
    key, starts = new_key(), line.order.paid_at or clock.now()
    return License(
        order_line=line,
        position=position,
        plan=plan,
        status=License.Status.ACTIVE,
        key_hash=lookup_hash(key, purpose=KEY_PURPOSE),
        key_ciphertext=encrypt(key),
        key_hint=key[-4:],
        seats=plan.seats,
        activation_limit=plan.activation_limit,
        usage_limit=plan.usage_limit,
        usage_unit=plan.usage_unit,
        starts_at=starts,
        expires_at=starts + dt.timedelta(days=plan.term_days) if plan.term_days else None,
    )


def plan_of(line: OrderLine) -> LicensePlan:
    """The plan that was sold, in the buyer's language when there is one. Raises `LicensePlan.DoesNotExist`."""
    plans = list(LicensePlan.objects.filter(offer_id=line.offer_id).select_related("locale").order_by("pk"))
    if not plans:
        raise LicensePlan.DoesNotExist(f"offer {line.offer_id} belongs to no license plan")
    return next((plan for plan in plans if plan.locale.language_code == line.order.locale), plans[0])
