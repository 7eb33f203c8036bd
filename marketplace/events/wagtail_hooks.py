from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from wagtail import hooks
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from marketplace.audit.services import record
from marketplace.catalog.deletion import guard_deletion
from marketplace.events.desk import COPIED
from marketplace.events.models import EventPage, Venue
from marketplace.events.services.delete_rows import has_sales, release_rows
from marketplace.events.services.sync_offers import sync_offers
from marketplace.events.views import urls
from marketplace.events.viewsets import EventListing, TicketTypeViewSet, VenueViewSet

register_snippet(VenueViewSet)
register_snippet(TicketTypeViewSet)


@hooks.register("register_admin_viewset")
def register_listing() -> Any:
    return EventListing("event_listing")


@hooks.register("register_admin_urls")
def register_rows() -> list[URLPattern | URLResolver]:
    return [path("events/", include(urls))]


@hooks.register("after_edit_snippet")
def renew_place(request: HttpRequest, instance: Any) -> None:
    """Offers say where it is: a venue that was renamed or mended is told to all its events."""
    if isinstance(instance, Venue):
        for event in instance.events.filter(occurrence_rows__isnull=False).distinct():
            sync_offers(event=event, actor_id=request.user.pk)


@hooks.register("before_delete_page")
def keep_sold_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _guard(request, [page])


@hooks.register("before_bulk_action")
def keep_sold_pages(request: HttpRequest, action_type: str, objects: Any, _action: Any) -> HttpResponse | None:
    pages = [each for each in objects if isinstance(each, Page)]
    return _guard(request, pages) if action_type == "delete" and pages else None


def _guard(request: HttpRequest, pages: list[Page]) -> HttpResponse | None:
    release = partial(_release, request.user.pk)
    return guard_deletion(request, pages, EventPage, has_sales=has_sales, release=release)


def _release(actor_id: int | None, page: EventPage) -> None:
    release_rows(event=page, actor_id=actor_id)


@hooks.register("after_copy_page")
def remember_original(request: HttpRequest, page: Page, new_page: Page) -> None:
    """A copy has no dates; its panel offers to copy those of the original."""
    if isinstance(new_page.specific, EventPage):
        record(action=COPIED, target=new_page.specific, actor_id=request.user.pk, data={"source": page.pk})
