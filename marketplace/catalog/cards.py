"""What a listing shows of anything sold."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from marketplace.core.money import Money

Text = str | Promise


@dataclass(frozen=True)
class Status:
    """A badge on a card: words and a tone of the design system."""

    label: Text
    tone: str = "ink"
    icon: str = ""


@dataclass(frozen=True)
class Card:
    """Plain values for `components/card`; built in bulk by the rooms' `selectors`, so a template runs no query."""

    title: str
    url: str
    kind: Text = ""
    image: dict[str, Any] | None = None
    """{src, srcset, sizes, width, height, alt}."""
    image_alt: str = ""
    when: str = ""
    when_iso: str = ""
    more_dates: str = ""
    where: str = ""
    summary: str = ""
    price_from: Money | None = None
    """All-in, as the buyer will pay; None: nothing is sold (yet, any more)."""
    price_note: Text = ""
    left_note: Text = ""
    status: Status | None = None
    past: bool = False
    cancelled: bool = False
    sold_out: bool = False
    seller_name: str = ""
    seller_url: str = ""
    category: str = ""
    page_id: int = 0
    ratio: str = ""
    """Of the picture: `4:5` unless said otherwise."""
