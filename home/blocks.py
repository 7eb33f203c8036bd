"""The building blocks of the site's menus."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

SAFE_STARTS = ("/", "https://", "http://", "mailto:", "tel:", "#")


class LinkBlock(blocks.StructBlock):
    """One entry: a page of this site, or an address. A page keeps its link when it moves."""

    label = blocks.CharBlock(max_length=60, required=False, help_text=_("Empty: the page's title."))
    page = blocks.PageChooserBlock(required=False)
    url = blocks.CharBlock(
        max_length=300, required=False, label=_("or address"), help_text=_("e.g. /events/?when=today")
    )

    class Meta:
        icon = "link"
        label = _("link")

    def clean(self, value: Any) -> Any:
        """Exactly one target, and an address only of a kind that cannot run anything."""
        cleaned = super().clean(value)
        page, url = cleaned.get("page"), cleaned.get("url")
        if bool(page) == bool(url):
            raise StructBlockValidationError(
                {"page": ValidationError(_("Choose a page or write an address, not both."))}
            )
        if url and not url.startswith(SAFE_STARTS):
            raise StructBlockValidationError({"url": ValidationError(_("Begin with /, https:// or mailto:."))})
        if url and not cleaned.get("label"):
            raise StructBlockValidationError({"label": ValidationError(_("An address needs a label."))})
        return cleaned


class LinkGroupBlock(blocks.StructBlock):
    """A titled column of the footer."""

    title = blocks.CharBlock(max_length=60)
    links = blocks.ListBlock(LinkBlock())

    class Meta:
        icon = "list-ul"
        label = _("group of links")
