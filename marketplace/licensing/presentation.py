"""A license as plain values for the `license_card` and `download_row` components and for mails."""

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.core.conf import site_url
from marketplace.licensing.keys import masked
from marketplace.licensing.models import License
from marketplace.licensing.standing import REVOKED, Standing, standing_of
from marketplace.products.models import ProductVersion, VersionFile


def address(license: License, name: str = "license") -> str:
    """Path of one of the license's addresses: license, key."""
    return reverse(f"licensing:{name}", kwargs={"token": license.token})


def public_address(license: License) -> str:
    return site_url() + address(license)


def card_of(license: License, *, own_page: bool = False, key: str = "") -> dict[str, Any]:
    """For `components/license_card`. The names are the order's own copy: what was bought. The key only when asked."""
    standing, line = standing_of(license), license.order_line
    revealable = own_page and not key and standing != REVOKED
    return {
        "product": line.title,
        "plan": line.name,
        "url": "" if own_page else address(license),
        "status": status_of(standing),
        "over": not standing.usable,
        "key": key,
        "masked_key": masked(license.key_hint),
        "reveal_url": address(license, "key") if revealable else "",
        "facts": facts_of(license) if own_page else facts_of(license)[:2],
        "actions": [] if own_page else [_way_to(license, standing)],
    }


def _way_to(license: License, standing: Standing) -> dict[str, str]:
    label = _("Show key and download") if standing.usable else _("Open the license")
    return {"label": label, "url": address(license), "icon": "key", "variant": "ink"}


def status_of(standing: Standing) -> dict[str, str]:
    return {"label": str(standing.label), "tone": standing.tone, "icon": standing.icon}


def facts_of(license: License) -> list[dict[str, str]]:
    """What it grants, most asked first."""
    facts = [{"label": _("Valid"), "value": until(license)}, {"label": _("Seats"), "value": _seats(license.seats)}]
    if license.activation_limit is not None:
        text = ngettext("%(count)s machine", "%(count)s machines", license.activation_limit)
        facts.append({"label": _("Activations"), "value": text % {"count": number_format(license.activation_limit)}})
    if license.usage_limit is not None:
        amount = number_format(license.usage_limit, force_grouping=True)
        facts.append({"label": _("Usage"), "value": f"{amount} {license.usage_unit}".strip()})
    return facts


def until(license: License) -> str:
    if license.expires_at is None:
        return _("for good")
    return _("until %(date)s") % {"date": day(license.expires_at)}


def day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "j F Y")


def _seats(seats: int) -> str:
    return ngettext("%(count)s person", "%(count)s people", seats) % {"count": number_format(seats)}


def release_of(license: License, version: ProductVersion) -> dict[str, Any]:
    """One version with its files."""
    beta = version.channel == ProductVersion.Channel.BETA
    return {
        "version": version.version,
        "released": date_format(version.released_on, "j F Y"),
        "badge": {"label": _("Withdrawn"), "tone": "warn"} if version.yanked else _beta() if beta else None,
        "changelog": version.changelog,
        "files": [_row(license, file) for file in version.files.all()],
    }


def _beta() -> dict[str, str]:
    return {"label": _("Beta"), "tone": "info"}


def _row(license: License, file: VersionFile) -> dict[str, Any]:
    """For `components/download_row`."""
    return {
        "name": file.name,
        "version": file.version.version,
        "platform": file.platform,
        "size": filesizeformat(file.size),
        "checksum": file.sha256,
        "url": reverse("licensing:file", kwargs={"token": license.token, "file_id": file.pk}),
    }
