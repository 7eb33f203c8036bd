"""A site with its home page, and pages under it. Small on purpose: each test adds the rows it is about."""

import datetime as dt
from io import BytesIO
from typing import Any

from django.core.files.images import ImageFile
from PIL import Image as PilImage
from wagtail.images.models import Image
from wagtail.models import Locale, Page, Site

from home.models import HomePage, SiteSettings, StandardPage
from marketplace.catalog.models import SellerIndexPage, SellerPage
from marketplace.core import clock
from marketplace.events.models import EventIndexPage, EventPage, Occurrence, TicketType, Venue
from marketplace.products.models import LicensePlan, ProductIndexPage, ProductPage
from marketplace.sellers.models import Seller
from tests.factories.commerce import make_offer, make_seller


def make_home(**fields: Any) -> HomePage:
    """A published home page that the default site is rooted at."""
    root = Page.objects.get(depth=1)
    home: HomePage = root.add_child(instance=HomePage(**{"title": "Sokoni", "slug": "front", **fields}))
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "testserver", "root_page": home})
    Site.clear_site_root_paths_cache()
    return home


def make_standard(parent: Page, title: str = "About us", **fields: Any) -> StandardPage:
    """A published page of words."""
    page: StandardPage = parent.add_child(instance=StandardPage(title=title, **fields))
    return page


def make_settings(**fields: Any) -> SiteSettings:
    """The default site's settings."""
    row, _created = SiteSettings.objects.update_or_create(site=Site.objects.get(is_default_site=True), defaults=fields)
    return row


def swahili() -> Locale:
    """The second language of the site."""
    return Locale.objects.get_or_create(language_code="sw")[0]


def make_image(title: str = "Poster", width: int = 800, height: int = 1000, color: str = "#c8340f") -> Any:
    """A real picture in the library."""
    content = BytesIO()
    PilImage.new("RGB", (width, height), color).save(content, "JPEG")
    file = ImageFile(BytesIO(content.getvalue()), name=f"{title.lower().replace(' ', '-')}.jpg")
    return Image.objects.create(title=title, file=file, width=width, height=height)


def make_events(home: Page) -> EventIndexPage:
    """The listing of events."""
    page: EventIndexPage = home.add_child(instance=EventIndexPage(title="Events", slug="events", show_in_menus=True))
    return page


def make_products(home: Page) -> ProductIndexPage:
    """The listing of products."""
    index = ProductIndexPage(title="Products", slug="products", show_in_menus=True)
    page: ProductIndexPage = home.add_child(instance=index)
    return page


def make_sellers(home: Page) -> SellerIndexPage:
    """The listing of sellers."""
    page: SellerIndexPage = home.add_child(instance=SellerIndexPage(title="Sellers", slug="sellers"))
    return page


def make_seller_page(index: Page, seller: Seller | None = None, **fields: Any) -> SellerPage:
    """A seller's page."""
    seller = seller or make_seller()
    page: SellerPage = index.add_child(instance=SellerPage(title=seller.name, seller=seller, **fields))
    return page


def make_venue(city: str = "Nairobi", name: str = "The Alchemist", **fields: Any) -> Venue:
    """A venue of the marketplace."""
    return Venue.objects.create(name=name, city=city, locale=Locale.get_default(), **fields)


def make_event(index: Page, title: str = "Benga Night", *, seller: Seller | None = None, **fields: Any) -> EventPage:
    """A published event without dates."""
    defaults: dict[str, Any] = {"seller": seller or make_seller(), "summary": f"{title}, all night."}
    if "venue" not in fields and fields.get("attendance") != EventPage.Attendance.ONLINE:
        defaults["venue"] = make_venue()
    page: EventPage = index.add_child(instance=EventPage(title=title, **{**defaults, **fields}))
    return page


def make_date(event: EventPage, start: dt.datetime | None = None, *, days: float = 5, hours: float = 4) -> Occurrence:
    """A date, by default in five days."""
    start = start or clock.now() + dt.timedelta(days=days)
    return Occurrence.objects.create(event=event, start=start, end=start + dt.timedelta(hours=hours))


def make_ticket(date: Occurrence, name: str = "Standing", **offer: Any) -> TicketType:
    """A ticket type with an offer of its own; keywords are `make_offer`'s."""
    made = make_offer(seller=date.event.seller, title=date.event.title, name=name, **offer)
    return TicketType.objects.create(occurrence=date, offer=made, name=name, locale_id=date.event.locale_id)


def make_product(
    index: Page, title: str = "Till Ledger", *, seller: Seller | None = None, **fields: Any
) -> ProductPage:
    """A published product without plans."""
    defaults = {"seller": seller or make_seller(), "summary": f"{title} keeps count."}
    page: ProductPage = index.add_child(instance=ProductPage(title=title, **{**defaults, **fields}))
    return page


def make_plan(
    product: ProductPage, name: str = "One shop", *, plan: dict[str, Any] | None = None, **offer: Any
) -> LicensePlan:
    """A plan; keywords are `make_offer`'s, `plan` holds the plan's own fields."""
    offer = {"kind": "license", "capacity": None, **offer}
    made = make_offer(seller=product.seller, title=product.title, name=name, **offer)
    return LicensePlan.objects.create(
        product=product, offer=made, name=name, locale_id=product.locale_id, **(plan or {})
    )
