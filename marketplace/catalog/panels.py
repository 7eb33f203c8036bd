"""A panel of rows on a page's edit screen. The rows are not part of the page's form: they are saved by themselves."""

from typing import Any

from django.forms import Media
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.staticfiles import versioned_static

from marketplace.catalog.policy import may_edit_rows

MEDIA = Media(css={"all": [versioned_static("catalog/admin/rows.css")]}, js=[versioned_static("catalog/admin/rows.js")])
"""What panels and dialogs need in the browser."""


class RowsPanel(Panel):
    """Shows a fragment that its own address also serves, so the script can refresh it after every dialog.

    `rows_url` names an address that takes the page's id. `rows` is called with the page and the user for the context
    of `fragment`. `row_model` says whose permission counts.
    """

    fragment = ""
    rows_url = ""
    row_model: type[Any]

    def rows(self, page: Any, user: Any) -> dict[str, Any]:
        raise NotImplementedError

    @property
    def clean_name(self) -> str:
        return self.rows_url.replace(":", "_")

    class BoundPanel(Panel.BoundPanel):
        template_name = "catalog/admin/rows_panel.html"
        panel: "RowsPanel"

        @property
        def media(self) -> Media:
            return MEDIA

        @cached_property
        def page_id(self) -> int | None:
            return self.instance.pk if self.instance is not None else None

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            # A number no page has: the script puts the id there once the first autosave has made one.
            template = reverse(self.panel.rows_url, args=[0])
            context |= {
                "rows_url": reverse(self.panel.rows_url, args=[self.page_id]) if self.page_id else "",
                "rows_url_template": template,
                "fragment": self.panel.fragment,
                "panel_name": self.panel.clean_name,
            }
            return context | self.rows_context()

        def rows_context(self) -> dict[str, Any]:
            if not self.page_id or not may_edit_rows(self.request.user, self.instance, self.panel.row_model):
                return {"allowed": not self.page_id}
            page = type(self.instance).objects.get(pk=self.page_id)  # the row, not the draft in the form
            return {"allowed": True, **self.panel.rows(page, self.request.user)}


class Tab(ObjectList):
    """A tab whose address does not change with the editor's language."""

    def __init__(self, children: Any = (), *args: Any, slug: str = "", **kwargs: Any) -> None:
        super().__init__(children, *args, **kwargs)
        self.slug = slug

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "slug": self.slug}

    @property
    def clean_name(self) -> str:
        return self.slug


def refund_panel() -> MultiFieldPanel:
    """What buyers are promised: the rule that counts, and the seller's own words."""
    rule = FieldRowPanel([FieldPanel("refund_rule"), FieldPanel("refund_days"), FieldPanel("refund_percent")])
    return MultiFieldPanel([rule, FieldPanel("refund_policy")], heading=_("Refunds"))
