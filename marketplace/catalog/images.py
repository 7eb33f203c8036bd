"""Pictures as plain values for the `poster` component: one query for any number, cropped around focal points."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from wagtail.images import get_image_model
from wagtail.images.models import SourceImageIOError

logger = logging.getLogger(__name__)

Picture = dict[str, Any]
"""{src, srcset, sizes, width, height, alt}."""


@dataclass(frozen=True)
class Shape:
    """A crop in several widths (pixels, smallest first) and how wide it stands on the page (`sizes` of HTML)."""

    ratio: tuple[int, int] | None
    """Width to height; None keeps the picture's own."""
    widths: tuple[int, ...]
    sizes: str
    format: str = "webp"

    def specs(self) -> list[str]:
        return [f"{self._operation(width)}|format-{self.format}" for width in self.widths]

    def _operation(self, width: int) -> str:
        if self.ratio is None:
            return f"width-{width}"
        return f"fill-{width}x{round(width * self.ratio[1] / self.ratio[0])}"


CARD = Shape((4, 5), (320, 640), "(min-width: 60rem) 19rem, (min-width: 36rem) 50vw, 40vw")
POSTER = Shape((4, 5), (640, 960), "(min-width: 60rem) 26rem, 100vw")
WIDE = Shape((3, 2), (480, 960), "(min-width: 60rem) 40rem, 100vw")
FACE = Shape((1, 1), (96,), "3rem")
SHARING = Shape((1200, 630), (1200,), "100vw", format="jpeg")


def pictures(wanted: Iterable[tuple[Any, Shape]]) -> dict[tuple[int, Shape], Picture]:
    """Each (image, shape) as a `Picture`, by (image id, shape). Images that are None are left out.

    One query finds every rendition that exists; only those never asked for before are made, and stay.
    """
    asked = [(image, shape) for image, shape in wanted if image is not None]
    images = list({id(image): image for image, _shape in asked}.values())
    if not images:
        return {}
    specs = {spec for _image, shape in asked for spec in shape.specs()}
    for image in images:
        image.__dict__.pop("prefetched_renditions", None)  # of an earlier call, for other shapes
    existing = get_image_model().get_rendition_model().objects.filter(filter_spec__in=specs)
    prefetch_related_objects(images, Prefetch("renditions", existing, to_attr="prefetched_renditions"))
    found = {(image.pk, shape): _picture(image, shape) for image, shape in asked}
    return {key: picture for key, picture in found.items() if picture}


def picture(image: Any, shape: Shape) -> Picture | None:
    """One image in one shape; None without an image. For several use `pictures`."""
    return pictures([(image, shape)]).get((image.pk, shape)) if image is not None else None


def _picture(image: Any, shape: Shape) -> Picture | None:
    try:
        # A small original gives the same width twice.
        made = list({each.width: each for each in image.get_renditions(*shape.specs()).values()}.values())
    except (SourceImageIOError, FileNotFoundError):
        logger.warning("the file of image %s is missing", image.pk)
        return None
    largest = made[-1]
    return {
        "src": made[0].url,
        "srcset": ", ".join(f"{each.url} {each.width}w" for each in made) if len(made) > 1 else "",
        "sizes": shape.sizes,
        "width": largest.width,
        "height": largest.height,
        "alt": getattr(image, "description", ""),
    }
