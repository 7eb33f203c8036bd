"""Poster art for the demo, drawn by code: a motif, a palette and the title in the shop's display face."""

import io
import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from marketplace.backoffice.demo.motifs import MOTIFS, Palette, canvas

FONT = Path(__file__).resolve().parents[3] / "static" / "fonts" / "bricolage-grotesque-poster.woff2"
SIZE = (1080, 1350)
PANEL = 0.34
"""Share of the height the title takes."""
READABLE = 3.0
"""WCAG contrast for large type."""
SCALE = 2
"""Drawn at twice the size and scaled down: smooth edges."""

PALETTES: dict[str, Palette] = {
    "ember": ("#f7ead2", "#f2b134", "#d8431f", "#fff6e3", "#2a1410"),
    "lagoon": ("#d7ede6", "#2f8f83", "#0f5257", "#ffd166", "#0b2b2e"),
    "plum": ("#f6dfe0", "#d1495b", "#6a1f4b", "#ffc857", "#2b0f24"),
    "indigo": ("#e4e6f5", "#4c5fd5", "#262a6b", "#ff9f6b", "#12143a"),
    "forest": ("#eef0d8", "#7aa33c", "#2f5d34", "#f4b942", "#14281a"),
    "clay": ("#f4dfcf", "#c8693f", "#7d3a22", "#f9d9a0", "#2e140c"),
    "night": ("#1b1736", "#6a3fa0", "#e0508a", "#ffd35c", "#0c0a1c"),
    "coast": ("#fdeed0", "#2a9dbf", "#13627f", "#ff7f50", "#0c2b38"),
    "mustard": ("#fbe7a8", "#e08a1e", "#8c3b12", "#fffbe9", "#2c1a07"),
    "mint": ("#e3f4e9", "#44b08a", "#14614c", "#ff8a70", "#0b2a20"),
    "rosso": ("#c8340f", "#f2b134", "#7d1f06", "#fff1da", "#2a0d05"),
    "slate": ("#e7ebee", "#7c94a6", "#36505f", "#f26b4e", "#15222a"),
}


def draw_poster(*, title: str, line: str, motif: str, palette: str) -> bytes:
    """A poster as JPEG bytes, 1080 x 1350. The same words always give the same picture."""
    w, h = SIZE[0] * SCALE, SIZE[1] * SCALE
    colors = PALETTES[palette]
    rng = random.Random(title)
    image, pen = canvas(w, h, colors[0])
    MOTIFS[motif](pen, w, h, colors, rng)
    head, pale = rng.random() < 0.4, rng.random() < 0.4
    if head:
        picture = image.crop((0, 0, w, h - int(h * PANEL)))
        image.paste(picture, (0, int(h * PANEL)))
    ground = colors[0] if pale else colors[4]
    ink = max(colors, key=lambda color: contrast(color, ground))
    accent = max((colors[1], colors[2], colors[3]), key=lambda color: contrast(color, ground))
    letter(
        pen, w, h, title=title, line=line, top=0 if head else h - int(h * PANEL), ground=ground, ink=ink, accent=accent
    )
    out = io.BytesIO()
    image.resize(SIZE, Image.Resampling.LANCZOS).save(out, "JPEG", quality=86, optimize=True, progressive=True)
    return out.getvalue()


def letter(
    pen: ImageDraw.ImageDraw, w: int, h: int, *, title: str, line: str, top: int, ground: str, ink: str, accent: str
) -> None:
    """Set the title on a panel of its own, as large as it goes in at most three lines, and a line under it."""
    height = int(h * PANEL)
    pen.rectangle((0, top, w, top + height), fill=ground)
    margin = int(w * 0.065)
    lines, font = fit(title.upper(), width=w - 2 * margin, height=int(height * 0.68))
    y = top + int(h * 0.03)
    for text in lines:
        pen.text((margin, y), text, font=font, fill=accent if contrast(accent, ground) >= READABLE else ink)
        y += int(font.size * 0.98)
    small = ImageFont.truetype(str(FONT), int(h * 0.031))
    pen.text((margin, top + height - int(h * 0.062)), line, font=small, fill=ink)


def fit(text: str, *, width: int, height: int) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """The largest size at which the words fit into the box, and the lines they break into."""
    for size in range(height, 40, -8):
        font = ImageFont.truetype(str(FONT), size)
        lines = wrap(text, font, width)
        if lines and len(lines) <= 3 and len(lines) * size * 0.98 <= height:
            return lines, font
    font = ImageFont.truetype(str(FONT), 48)
    return wrap(text, font, width)[:3] or [text], font


def wrap(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Greedy lines; empty when one word alone is too wide."""
    lines: list[str] = []
    for word in text.split():
        if font.getlength(word) > width:
            return []
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def luminance(color: str) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    """Contrast ratio by WCAG 2.2."""
    hi, lo = sorted((luminance(a), luminance(b)), reverse=True)
    return (hi + 0.05) / (lo + 0.05)
