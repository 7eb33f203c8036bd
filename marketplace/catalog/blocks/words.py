"""Text in its several voices."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link", "hr"]
"""Rich text holds words and lists; headings, pictures and videos are blocks, so their order stays sound."""


class HeadingBlock(blocks.StructBlock):
    """A heading below the page's own h1."""

    text = blocks.CharBlock(max_length=120, label=_("Heading"))
    level = blocks.ChoiceBlock(choices=[("2", _("section")), ("3", _("subsection"))], default="2", label=_("Level"))

    class Meta:
        icon = "title"
        label = _("Heading")
        template = "catalog/blocks/heading.html"
        preview_value = {"text": "What to expect", "level": "2"}


class TextBlock(blocks.RichTextBlock):
    """Paragraphs and lists."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"features": FEATURES, **kwargs})

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "catalog/blocks/text.html"
        preview_value = "<p>Doors open at six. Bring a jacket: the river is cool at night.</p>"


class QuoteBlock(blocks.StructBlock):
    """Somebody else's words."""

    text = blocks.TextBlock(max_length=600, rows=3, label=_("Quote"))
    author = blocks.CharBlock(max_length=80, required=False, label=_("Who said it"))
    role = blocks.CharBlock(max_length=80, required=False, label=_("Who that is"))

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "catalog/blocks/quote.html"
        preview_value = {"text": "The best night of the year.", "author": "Amina W.", "role": "came twice"}


class NoticeBlock(blocks.StructBlock):
    """A remark that must not be missed."""

    tone = blocks.ChoiceBlock(
        choices=[("info", _("good to know")), ("success", _("good news")), ("warning", _("take care"))],
        default="info",
        label=_("Kind"),
    )
    text = blocks.CharBlock(max_length=300, label=_("Text"))

    class Meta:
        icon = "warning"
        label = _("Notice")
        template = "catalog/blocks/notice.html"
        preview_value = {"tone": "info", "text": "Parking is free after five."}


class LinkValue(blocks.StructValue):
    """Where the link leads, whichever of the two was chosen."""

    @property
    def href(self) -> str:
        page = self.get("page")
        return str(page.url if page else self.get("url") or "")


class LinkBlock(blocks.StructBlock):
    """A link to a page of ours or to an address elsewhere; exactly one of them."""

    label = blocks.CharBlock(max_length=60, label=_("Words on it"))
    page = blocks.PageChooserBlock(required=False, label=_("Page"))
    url = blocks.URLBlock(required=False, label=_("or an address"))

    class Meta:
        icon = "link"
        label = _("Link")
        value_class = LinkValue

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if bool(cleaned.get("page")) == bool(cleaned.get("url")) and not self.is_deferred_validation:
            problem = ValidationError(_("Choose either a page or an address."))
            raise blocks.StructBlockValidationError(block_errors={"page": problem})
        return cleaned


class ButtonBlock(LinkBlock):
    """One clear step."""

    variant = blocks.ChoiceBlock(
        choices=[("primary", _("strong")), ("ink", _("dark")), ("quiet", _("quiet"))],
        default="primary",
        label=_("Look"),
    )

    class Meta:
        icon = "link"
        label = _("Button")
        template = "catalog/blocks/button.html"
        preview_value = {"label": "See all events", "url": "https://example.org/", "variant": "primary"}


class CallToActionBlock(blocks.StructBlock):
    """A reason and a button."""

    title = blocks.CharBlock(max_length=80, label=_("Title"))
    text = blocks.TextBlock(max_length=300, rows=2, required=False, label=_("Text"))
    button = ButtonBlock(label=_("Button"))

    class Meta:
        icon = "pick"
        label = _("Call to action")
        template = "catalog/blocks/call_to_action.html"


class FaqItemBlock(blocks.StructBlock):
    """One question and its answer."""

    question = blocks.CharBlock(max_length=160, label=_("Question"))
    answer = TextBlock(label=_("Answer"))

    class Meta:
        icon = "help"
        label = _("Question")


class FaqBlock(blocks.StructBlock):
    """Questions that open; works without scripts."""

    title = blocks.CharBlock(max_length=80, required=False, label=_("Title"))
    items = blocks.ListBlock(FaqItemBlock(), min_num=1, max_num=30, label=_("Questions"))

    class Meta:
        icon = "help"
        label = _("Questions and answers")
        template = "catalog/blocks/faq.html"
