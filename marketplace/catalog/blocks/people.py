"""Who is on stage."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from marketplace.catalog.blocks.words import TextBlock


class PersonBlock(blocks.StructBlock):
    """One of a lineup."""

    name = blocks.CharBlock(max_length=80, label=_("Name"))
    role = blocks.CharBlock(max_length=80, required=False, label=_("Does what"))
    photo = ImageBlock(required=False, label=_("Photo"))
    about = TextBlock(required=False, features=["bold", "italic", "link"], label=_("About"))
    url = blocks.URLBlock(required=False, label=_("Own website"))

    class Meta:
        icon = "user"
        label = _("Person")


class LineupBlock(blocks.StructBlock):
    """Artists, speakers, hosts."""

    title = blocks.CharBlock(max_length=80, default=_("Lineup"), label=_("Title"))
    people = blocks.ListBlock(PersonBlock(), min_num=1, max_num=60, label=_("People"))

    class Meta:
        icon = "group"
        label = _("Lineup")
        template = "catalog/blocks/lineup.html"
