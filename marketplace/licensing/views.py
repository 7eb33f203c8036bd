"""A license's own pages. Whoever holds the link holds the license: nothing here may be indexed or kept by a proxy."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from marketplace.commerce.refunds.rules import promise_of
from marketplace.core.limits import at_most
from marketplace.core.net import client_ip
from marketplace.licensing import presentation, services
from marketplace.licensing.errors import FileMissing
from marketplace.licensing.models import License
from marketplace.licensing.selectors import file_by_id, license_by_token, versions_for
from marketplace.licensing.standing import standing_of
from marketplace.products.models import VersionFile

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]
NEWEST = 3
"""So many versions are shown at once; older ones are folded away."""


def bearer(view: View) -> View:
    """For addresses that are themselves the key: not indexed, kept by nobody but the browser that asked."""

    @wraps(view)
    @cache_control(private=True, max_age=0, must_revalidate=True)
    def guarded(request: HttpRequest, token: str, **rest: Any) -> HttpResponseBase:
        return unlisted(view(request, license_by_token(token), **rest))

    return guarded


def unlisted(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
@bearer
def page(request: HttpRequest, license: License) -> HttpResponseBase:
    """What it grants and what it opens. The key stays covered."""
    return _page(request, license)


@require_POST
@never_cache
@sensitive_variables("revealed")
@bearer
def key(request: HttpRequest, license: License) -> HttpResponseBase:
    """Show the key: asked for by a click, written down, and never left in a cache."""
    at_most(10, seconds=600, scope="license-key", who=f"{license.pk} {client_ip(request)}")
    revealed = services.reveal_key(license=license, actor_id=request.user.pk)
    return _page(request, license, key=revealed)


@require_safe
@bearer
def file(request: HttpRequest, license: License, file_id: int) -> HttpResponseBase:
    """A fresh link to a file, valid for a few minutes."""
    at_most(60, seconds=600, scope="download", who=f"{license.pk} {client_ip(request)}")
    signed = services.sign_link(license=license, file=file_by_id(file_id))
    return HttpResponseRedirect(reverse("licensing:download", kwargs={"signed": signed}))


@require_safe
@never_cache
def download(request: HttpRequest, signed: str) -> HttpResponseBase:
    """The file itself, or the way to it in the bucket it is kept in."""
    license, file = services.read_link(signed=signed)
    response = unlisted(_sent(file))
    if request.method == "GET":
        services.hand_out(license=license, file=file)
    return response


def _sent(file: VersionFile) -> HttpResponseBase:
    storage: Any = file.file.storage  # a folder or a bucket: only the bucket's `url` takes parameters
    name = str(file.file.name)
    try:
        storage.path(name)
    except NotImplementedError:  # a bucket: it signs its own short-lived address
        disposition = content_disposition_header(as_attachment=True, filename=file.name)
        parameters = {"ResponseContentDisposition": disposition, "ResponseContentType": "application/octet-stream"}
        return HttpResponseRedirect(storage.url(name, parameters=parameters, expire=services.LINK_SECONDS))
    try:
        opened = storage.open(name, "rb")
    except FileNotFoundError as error:
        logger.error("the file %s of version %s is missing", file.pk, file.version_id)
        raise FileMissing from error
    return FileResponse(opened, as_attachment=True, filename=file.name, content_type="application/octet-stream")


def _page(request: HttpRequest, license: License, *, key: str = "") -> HttpResponseBase:
    standing, line, product = standing_of(license), license.order_line, license.plan.product
    releases = (
        [presentation.release_of(license, version) for version in versions_for(license)] if standing.usable else []
    )
    context = {
        "license": presentation.card_of(license, own_page=True, key=key),
        "standing": standing,
        "notice_tone": {"bad": "error", "warn": "warning"}.get(standing.tone, "info"),
        "newest": releases[:NEWEST],
        "older": releases[NEWEST:],
        "docs_url": product.docs_url,
        "support_email": product.support_email,
        "product_url": line.offer.url,
        "facts": _facts(license),
    }
    return render(request, "pages/licensing/license.html", context)


def _facts(license: License) -> list[dict[str, str]]:
    line = license.order_line
    facts = [
        {"label": _("Bought"), "value": presentation.day(license.starts_at)},
        {"label": _("Order"), "value": line.order.code},
        {"label": _("Made by"), "value": line.seller_name},
        {"label": _("Refunds"), "value": promise_of(line), "note": line.refund_policy},
    ]
    return [fact for fact in facts if fact["value"]]
