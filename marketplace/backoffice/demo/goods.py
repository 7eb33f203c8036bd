"""The demo's events and products: pages, dates, offers, stock, plans and files."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.utils.html import escape
from wagtail.images import get_image_model
from wagtail.models import Locale, Page

from marketplace.backoffice.demo.catalog import (
    VENUES,
    DateSpec,
    EventSpec,
    PlanSpec,
    ProductSpec,
    TicketSpec,
    VersionSpec,
)
from marketplace.backoffice.demo.posters import SIZE, draw_poster
from marketplace.catalog.models import Category
from marketplace.commerce.models import Offer, StockPool
from marketplace.commerce.services import create_pool, save_offer
from marketplace.core import clock
from marketplace.core.money import parse_money
from marketplace.events.models import EventPage, Occurrence, TicketType, Venue
from marketplace.events.services.offer_fields import offer_fields as event_offer_fields
from marketplace.products.models import LicensePlan, ProductPage, ProductVersion, VersionFile
from marketplace.products.services.offer_fields import offer_fields as product_offer_fields
from marketplace.sellers.models import Seller

ZONES = {venue.key: venue.timezone for venue in VENUES}
REFUNDS = {
    "event": "Full refund until 48 hours before the doors open. If the event is cancelled or moved, a full refund at any time.",
    "ask": "Ask us, and say why: we decide within two days. If the event is cancelled or moved, a full refund at any time.",
    "product": "Full refund within 14 days if the product does not do what its page says.",
}


@dataclass(frozen=True)
class Shelf:
    """Where things go and what they refer to."""

    events: Page
    products: Page
    sellers: dict[str, Seller]
    venues: dict[str, Venue]
    categories: dict[str, Category]


def poster(spec: EventSpec | ProductSpec, seller: Seller) -> Any:
    """Draw the poster and file it in the seller's own collection, with the focal point on the picture."""
    data = draw_poster(title=spec.title, line=spec.line, motif=spec.motif, palette=spec.palette)
    image = get_image_model()(
        title=f"{spec.title} (poster)", collection=seller.collection, width=SIZE[0], height=SIZE[1]
    )
    image.file = ImageFile(ContentFile(data), name=f"{spec.slug}.jpg")
    image.description = f"Poster of {spec.title}"
    image.save()
    return image


def story(spec: EventSpec | ProductSpec) -> list[tuple[str, Any]]:
    blocks: list[tuple[str, Any]] = [("text", "".join(f"<p>{escape(paragraph)}</p>" for paragraph in spec.story))]
    if isinstance(spec, EventSpec) and spec.questions:
        items = [{"question": q, "answer": f"<p>{escape(a)}</p>"} for q, a in spec.questions]
        blocks.append(("faq", {"title": "Good to know", "items": items}))
    return blocks


def price_fields(price: str, currency: str) -> dict[str, Any]:
    """`""` is free, `"10+"` pay what you want from 10, `"10"` fixed."""
    if not price:
        return {"pricing": Offer.Pricing.FREE, "price_minor": 0}
    floor = parse_money(price.rstrip("+"), currency, locale="en").minor
    if price.endswith("+"):
        return {"pricing": Offer.Pricing.PAY_WHAT_YOU_WANT, "price_minor": floor, "suggested_minor": floor * 2 or None}
    return {"pricing": Offer.Pricing.FIXED, "price_minor": floor}


def make_event(spec: EventSpec, shelf: Shelf) -> EventPage:
    """A published event with its dates and tickets."""
    seller = shelf.sellers[spec.seller]
    page = EventPage(
        title=spec.title, slug=spec.slug, seller=seller, category=shelf.categories[spec.category], summary=spec.summary,
        body=story(spec), venue=shelf.venues[spec.venue] if spec.venue else None, attendance=spec.attendance,
        online_url=spec.online_url, timezone=ZONES[spec.venue] if spec.venue else "Africa/Nairobi",
        poster=poster(spec, seller), refund_policy=REFUNDS["ask" if spec.refund_rule == Offer.RefundRule.ASK else "event"],
        refund_rule=spec.refund_rule, refund_days=2,
    )  # fmt: skip
    shelf.events.add_child(instance=page)
    page.save_revision().publish()
    for date in spec.dates:
        occurrence = make_date(page, date, spec, seller)
        for position, ticket in enumerate(spec.tickets, start=1):
            make_ticket(page, occurrence, ticket, spec, position)
    if spec.state != "scheduled":
        page.state = spec.state
        page.save_revision().publish()
    return page


def make_date(page: EventPage, date: DateSpec, spec: EventSpec, seller: Seller) -> Occurrence:
    """A date in the event's own zone, with a pool for the whole venue when it has one."""
    zone = ZoneInfo(page.timezone)
    day = clock.now().astimezone(zone).date() + dt.timedelta(days=date.day)
    start = dt.datetime.combine(day, dt.time.fromisoformat(date.time), zone)
    whole = None
    if spec.venue_capacity:
        whole = create_pool(
            seller=seller, name=f"{spec.title}, whole venue", capacity=spec.venue_capacity, actor_id=None
        )
    return Occurrence.objects.create(
        event=page, start=start, end=start + dt.timedelta(hours=date.hours), doors=start - dt.timedelta(minutes=date.doors_minutes),
        note=date.note, capacity_pool=whole, status=date.status,
    )  # fmt: skip


def make_ticket(
    page: EventPage, occurrence: Occurrence, ticket: TicketSpec, spec: EventSpec, position: int
) -> TicketType:
    """A ticket type with its offer, its own pool, and the whole venue's when there is one."""
    pool = create_pool(seller=page.seller, name=f"{spec.title}: {ticket.name}", capacity=ticket.capacity, actor_id=None)
    pools: list[StockPool] = [pool] + ([occurrence.capacity_pool] if occurrence.capacity_pool else [])
    opens = clock.now() + dt.timedelta(days=ticket.starts_in_days) if ticket.starts_in_days else None
    offer = save_offer(
        offer=None, actor_id=None, pools=pools, seller=page.seller, kind="ticket", name=ticket.name, currency=spec.currency,
        max_per_order=ticket.max_per_order, sales_start=opens, sales_end=occurrence.start, active=True,
        **event_offer_fields(occurrence), **price_fields(ticket.price, spec.currency),
    )  # fmt: skip
    return TicketType.objects.create(
        occurrence=occurrence,
        offer=offer,
        name=ticket.name,
        description=ticket.description,
        sort_order=position,
        locale=page.locale,
    )


def make_product(spec: ProductSpec, shelf: Shelf) -> ProductPage:
    """A published product with its plans, versions and files."""
    seller = shelf.sellers[spec.seller]
    page = ProductPage(
        title=spec.title, slug=spec.slug, seller=seller, category=shelf.categories[spec.category], summary=spec.summary,
        body=story(spec), type=spec.type, poster=poster(spec, seller), refund_policy=REFUNDS["product"],
        refund_rule=Offer.RefundRule.AFTER, refund_days=14,
        docs_url=f"https://{spec.seller}.example/docs/{spec.slug}", support_email=f"help@{spec.seller}.example",
    )  # fmt: skip
    shelf.products.add_child(instance=page)
    page.save_revision().publish()
    for position, plan in enumerate(spec.plans, start=1):
        make_plan(page, plan, spec, position)
    for version in spec.versions:
        make_version(page, version)
    return page


def make_plan(page: ProductPage, plan: PlanSpec, spec: ProductSpec, position: int) -> LicensePlan:
    pools = []
    if plan.capacity:
        pools = [
            create_pool(seller=page.seller, name=f"{spec.title}: {plan.name}", capacity=plan.capacity, actor_id=None)
        ]
    offer = save_offer(
        offer=None, actor_id=None, pools=pools, seller=page.seller, kind="license", name=plan.name, currency=spec.currency,
        max_per_order=5, active=True, **product_offer_fields(page), **price_fields(plan.price, spec.currency),
    )  # fmt: skip
    return LicensePlan.objects.create(
        product=page, offer=offer, name=plan.name, description=plan.description, sort_order=position, locale=Locale.get_default(),
        term="term" if plan.term_days else "perpetual", term_days=plan.term_days, seats=plan.seats, activation_limit=plan.activations,
        usage_limit=plan.usage, usage_unit=plan.usage_unit,
    )  # fmt: skip


def make_version(page: ProductPage, spec: VersionSpec) -> ProductVersion:
    """A release with small real files: what they say is what a buyer of the demo downloads."""
    version = ProductVersion.objects.create(
        product=page, version=spec.version, changelog=spec.changelog, channel=spec.channel,
        released_on=clock.now().date() - dt.timedelta(days=spec.days_ago),
    )  # fmt: skip
    for name in spec.files:
        data = f"{page.title} {spec.version}\n{name}\n\nA sample file of the Sokoni demo.\n".encode() * 40
        VersionFile.objects.create(
            version=version,
            name=name,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            file=ContentFile(data, name=name),
        )
    return version
