"""Categories in the admin's menu."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.snippets.views.snippets import SnippetViewSet

from marketplace.catalog.models import Category


class CategoryViewSet(SnippetViewSet):
    """The shelves of the shop, in two levels."""

    model = Category
    icon = "folder-open-inverse"
    menu_label = _("Categories")
    menu_order = 140
    add_to_admin_menu = True
    list_display = ["__str__", "slug", "sort_order"]
    list_per_page = 100
    inspect_view_enabled = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return Category.objects.select_related("parent").order_by("parent__sort_order", "sort_order", "name")
