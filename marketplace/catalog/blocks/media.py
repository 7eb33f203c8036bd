"""Pictures and videos."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

YOUTUBE_ID = re.compile(r"[\w-]{11}")
VIMEO_ID = re.compile(r"\d{6,12}")
YOUTUBE_HOSTS = {"youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be", "www.youtube-nocookie.com"}
VIMEO_HOSTS = {"vimeo.com", "www.vimeo.com", "player.vimeo.com"}


class PictureBlock(blocks.StructBlock):
    """A picture with its own alternative text, or marked as decoration."""

    image = ImageBlock(label=_("Picture"))
    caption = blocks.CharBlock(max_length=200, required=False, label=_("Caption"))

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "catalog/blocks/picture.html"


class GalleryBlock(blocks.StructBlock):
    """Several pictures side by side."""

    title = blocks.CharBlock(max_length=80, required=False, label=_("Title"))
    pictures = blocks.ListBlock(PictureBlock(), min_num=2, max_num=24, label=_("Pictures"))

    class Meta:
        icon = "image"
        label = _("Gallery")
        template = "catalog/blocks/gallery.html"


def player_url(address: str) -> str | None:
    """The player of a YouTube or Vimeo address, on the hosts the content policy frames; None for anything else.

    Built from the video's id alone, so nothing is fetched from the provider when a page is edited or shown.
    """
    parts = urlsplit(address)
    last = parts.path.rstrip("/").rpartition("/")[2]
    if parts.hostname in YOUTUBE_HOSTS:
        video = parse_qs(parts.query).get("v", [last])[0]
        return f"https://www.youtube-nocookie.com/embed/{video}" if YOUTUBE_ID.fullmatch(video) else None
    if parts.hostname in VIMEO_HOSTS and VIMEO_ID.fullmatch(last):
        return f"https://player.vimeo.com/video/{last}?dnt=1"
    return None


class VideoValue(blocks.StructValue):
    """What the template frames."""

    @property
    def player(self) -> str | None:
        return player_url(str(self.get("url") or ""))


class VideoBlock(blocks.StructBlock):
    """A video on YouTube or Vimeo."""

    url = blocks.URLBlock(label=_("Address"), help_text=_("Of the video on YouTube or Vimeo."))
    title = blocks.CharBlock(max_length=120, label=_("Title"), help_text=_("Read out to those who cannot see it."))

    class Meta:
        icon = "media"
        label = _("Video")
        template = "catalog/blocks/video.html"
        value_class = VideoValue

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned.get("url") and cleaned.player is None:
            problem = ValidationError(_("This is not the address of a video on YouTube or Vimeo."))
            raise blocks.StructBlockValidationError(block_errors={"url": problem})
        return cleaned
