from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from wagtail import hooks
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from marketplace.catalog.deletion import guard_deletion
from marketplace.products.models import ProductPage
from marketplace.products.services.delete_rows import has_sales, release_rows
from marketplace.products.views import urls
from marketplace.products.viewsets import LicensePlanViewSet, ProductListing

register_snippet(LicensePlanViewSet)


@hooks.register("register_admin_viewset")
def register_listing() -> Any:
    return ProductListing("product_listing")


@hooks.register("register_admin_urls")
def register_rows() -> list[URLPattern | URLResolver]:
    return [path("products/", include(urls))]


@hooks.register("before_delete_page")
def keep_sold_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _guard(request, [page])


@hooks.register("before_bulk_action")
def keep_sold_pages(request: HttpRequest, action_type: str, objects: Any, _action: Any) -> HttpResponse | None:
    pages = [each for each in objects if isinstance(each, Page)]
    return _guard(request, pages) if action_type == "delete" and pages else None


def _guard(request: HttpRequest, pages: list[Page]) -> HttpResponse | None:
    release = partial(_release, request.user.pk)
    return guard_deletion(request, pages, ProductPage, has_sales=has_sales, release=release)


def _release(actor_id: int | None, page: ProductPage) -> None:
    release_rows(product=page, actor_id=actor_id)
