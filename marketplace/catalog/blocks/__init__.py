"""Blocks editors tell stories with. Prose only: dates, prices and stock are rows."""

from marketplace.catalog.blocks.media import GalleryBlock, PictureBlock, VideoBlock
from marketplace.catalog.blocks.people import LineupBlock, PersonBlock
from marketplace.catalog.blocks.story import ColumnsBlock, EventStoryBlock, StoryBlock
from marketplace.catalog.blocks.words import (
    ButtonBlock,
    CallToActionBlock,
    FaqBlock,
    HeadingBlock,
    LinkBlock,
    NoticeBlock,
    QuoteBlock,
    TextBlock,
)

__all__ = [
    "ButtonBlock",
    "CallToActionBlock",
    "ColumnsBlock",
    "EventStoryBlock",
    "FaqBlock",
    "GalleryBlock",
    "HeadingBlock",
    "LineupBlock",
    "LinkBlock",
    "NoticeBlock",
    "PersonBlock",
    "PictureBlock",
    "QuoteBlock",
    "StoryBlock",
    "TextBlock",
    "VideoBlock",
]
