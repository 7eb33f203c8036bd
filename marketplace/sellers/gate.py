"""A second lock before Wagtail's own views.

Some of Wagtail's views answer about any row whose id they are given: the explorer shows the title of any page, choosers
return any picture, confirmation pages name what one may not touch. Every id in an admin address is therefore looked up
here first, by the name of its parameter. That this table is complete is what tests/access proves.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import ResolverMatch
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.permissions import policy_registry

from marketplace.sellers.files import ACTIONS, SellerCollectionPolicy
from marketplace.sellers.pages import choosable_pages, edits_pages
from marketplace.sellers.policy import reach
from marketplace.sellers.usable import usable
from marketplace.sellers.viewsets import ANY

PAGES = ("page_id", "parent_page_id", "page_to_move_id", "destination_id")
IMAGES, DOCUMENTS = ("image_id",), ("document_id", "doc_id")
CLOSED = ("wagtailadmin_workflows", "wagtailadmin_reports", "wagtailadmin_api:images", "wagtailadmin_api:documents")
"""Namespaces that show the whole house, or ask for no permission of their own."""

Named = tuple[type[Model], str]


def is_foreign(request: HttpRequest, match: ResolverMatch) -> bool:
    """Does the address name something that is not the user's to see?"""
    user = request.user
    if user.is_superuser:
        return False
    whole_house = match.namespace in CLOSED or match.view_name == "wagtailadmin_choose_page"
    if whole_house and not edits_pages(user):
        return True
    if match.namespace in CLOSED and reach(user) is not None:
        return True
    return any(not _may_see(user, model, pk, match) for model, pk in _named(request, match))


def _named(request: HttpRequest, match: ResolverMatch) -> Iterator[Named]:
    kinds = ((Page, PAGES), (get_image_model(), IMAGES), (get_document_model(), DOCUMENTS))
    for model, names in kinds:
        yield from ((model, str(match.kwargs[name])) for name in names if name in match.kwargs)
    model = _model_of(match)
    if model is not None and "pk" in match.kwargs:
        yield model, str(match.kwargs["pk"])
    if match.url_name == "wagtail_bulk_action":
        model = _looked_up(match.kwargs)
    elif match.url_name == "wagtailadmin_choose_page_chosen_multiple":
        model = Page
    if model is not None:
        yield from ((model, pk) for pk in request.GET.getlist("id") if pk != "all")


def _model_of(match: ResolverMatch) -> type[Model] | None:
    """What `pk` and `?id=` mean in a namespace."""
    space = match.namespace.rpartition(":")[2] or match.namespace
    models: dict[str, type[Model]] = {
        "wagtailadmin_pages": Page,
        "pages": Page,
        "images": get_image_model(),
        "wagtailimages_chooser": get_image_model(),
        "documents": get_document_model(),
        "wagtaildocs_chooser": get_document_model(),
    }
    if space.startswith("wagtailsnippetchoosers_"):
        app_label, model_name = space.removeprefix("wagtailsnippetchoosers_").rsplit("_", 1)
        return _looked_up({"app_label": app_label, "model_name": model_name})
    return models.get(space)


def _looked_up(kwargs: dict[str, Any]) -> type[Model] | None:
    try:
        return apps.get_model(kwargs["app_label"], kwargs["model_name"])
    except LookupError:
        return None


def _may_see(user: Any, model: type[Model], pk: str, match: ResolverMatch) -> bool:
    if not pk.isdecimal():
        return True  # no row has such an id: the view will say so
    return bool(_visible(user, model, match).filter(pk=pk).exists())


def _visible(user: Any, model: type[Model], match: ResolverMatch) -> QuerySet[Any]:
    policy, rows = policy_registry.get_by_type(model), model._default_manager.all()
    if issubclass(model, Page):
        if match.view_name.startswith("wagtailadmin_choose_page"):
            return choosable_pages(user, rows) if edits_pages(user) else rows.none()
        return policy.explorable_instances(user)
    if isinstance(policy, SellerCollectionPolicy):
        return policy.instances_user_has_any_permission_for(user, ACTIONS)
    if match.url_name == "wagtail_bulk_action":
        return policy.instances_user_has_any_permission_for(user, ANY)
    return usable(user, rows)
