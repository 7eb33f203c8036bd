"""What a page's story is made of."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from marketplace.catalog.blocks.media import GalleryBlock, PictureBlock, VideoBlock
from marketplace.catalog.blocks.people import LineupBlock
from marketplace.catalog.blocks.words import (
    ButtonBlock,
    CallToActionBlock,
    FaqBlock,
    HeadingBlock,
    NoticeBlock,
    QuoteBlock,
    TextBlock,
)


class ColumnBlock(blocks.StreamBlock):
    """One of several columns: no columns within columns."""

    heading = HeadingBlock()
    text = TextBlock()
    picture = PictureBlock()
    button = ButtonBlock()

    class Meta:
        icon = "grip"
        label = _("Column")


class ColumnsBlock(blocks.StructBlock):
    """Two or three columns that stack on a phone."""

    columns = blocks.ListBlock(ColumnBlock(), min_num=2, max_num=3, label=_("Columns"))

    class Meta:
        icon = "table"
        label = _("Columns")
        template = "catalog/blocks/columns.html"


class StoryBlock(blocks.StreamBlock):
    """The story of anything: a product, a seller, an article."""

    heading = HeadingBlock(group=_("Words"))
    text = TextBlock(group=_("Words"))
    quote = QuoteBlock(group=_("Words"))
    notice = NoticeBlock(group=_("Words"))
    faq = FaqBlock(group=_("Words"))
    picture = PictureBlock(group=_("Pictures"))
    gallery = GalleryBlock(group=_("Pictures"))
    video = VideoBlock(group=_("Pictures"))
    columns = ColumnsBlock(group=_("Arrangement"))
    button = ButtonBlock(group=_("Arrangement"))
    call_to_action = CallToActionBlock(group=_("Arrangement"))

    class Meta:
        block_counts = {"faq": {"max_num": 3}}


class EventStoryBlock(StoryBlock):
    """The story of an event also has people in it."""

    lineup = LineupBlock(group=_("People"))
