"""What machines read in a page's head: canonical address, sharing card, schema.org data (https://schema.org)."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from marketplace.core import conf
from marketplace.core.money import Money

Crumb = dict[str, str]
Thing = dict[str, Any]


def absolute(path: str | None) -> str:
    """The public address of a path of this site (or of a file of ours elsewhere)."""
    return urljoin(conf.site_url() + "/", path or "/")


def head(
    *,
    title: str,
    path: str,
    description: str = "",
    image: Thing | None = None,
    kind: str = "website",
    crumbs: Sequence[Crumb] = (),
    things: Sequence[Thing] = (),
    noindex: bool = False,
) -> Thing:
    """What `pages/catalog/page.html` puts into the head. `image` is {src, width, height, alt}; `kind` an og:type."""
    data = [*things, *([breadcrumb_list(crumbs)] if len(crumbs) > 1 else [])]
    return {
        "title": title,
        "description": plain(description, 160),
        "canonical": absolute(path),
        "image": {**image, "src": absolute(image["src"])} if image else None,
        "kind": kind,
        "json_ld": script_safe(data) if data else "",
        "noindex": noindex,
    }


def plain(text: str, limit: int = 300) -> str:
    """Words without markup, in one line, no longer than `limit` characters."""
    return Truncator(" ".join(strip_tags(text).split())).chars(limit)


def script_safe(data: Any) -> SafeString:
    """JSON that cannot leave a script element, whatever an editor typed."""
    escapes = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
    return mark_safe(json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(escapes))


def breadcrumb_list(crumbs: Sequence[Crumb]) -> Thing:
    """BreadcrumbList of the trail shown on the page; the last entry is the page itself."""
    items = [
        {
            "@type": "ListItem",
            "position": position,
            "name": crumb["label"],
            **({"item": absolute(crumb["url"])} if crumb.get("url") else {}),
        }
        for position, crumb in enumerate(crumbs, start=1)
    ]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}


AVAILABILITY = {
    "on_sale": "InStock",
    "not_yet": "PreOrder",
    "sold_out": "SoldOut",
    "all_held": "LimitedAvailability",
    "ended": "Discontinued",
    "stopped": "OutOfStock",
}


def offer(*, name: str, price: Money, url: str, state: str, seller: str, valid_from: str = "") -> Thing:
    """An Offer at the price the buyer will pay, all fees in."""
    made = {
        "@type": "Offer",
        "name": name,
        "price": str(price.decimal()),
        "priceCurrency": price.currency,
        "availability": f"https://schema.org/{AVAILABILITY.get(state, 'OutOfStock')}",
        "url": absolute(url),
        "seller": {"@type": "Organization", "name": seller},
    }
    return {**made, "validFrom": valid_from} if valid_from else made
