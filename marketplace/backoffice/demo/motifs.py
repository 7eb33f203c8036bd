"""The pictures on the demo's posters: each motif fills a canvas with flat shapes from a palette of five colors.

Palette order: ground, big shape, second shape, detail, ink.
"""

import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw

Palette = tuple[str, str, str, str, str]
Draw = ImageDraw.ImageDraw
Motif = Callable[[Draw, int, int, Palette, random.Random], None]


def disc(draw: Draw, x: float, y: float, r: float, fill: str) -> None:
    draw.ellipse((x - r, y - r, x + r, y + r), fill=fill)


def rings(draw: Draw, x: float, y: float, radii: list[float], colors: list[str]) -> None:
    for i, r in enumerate(radii):
        disc(draw, x, y, r, colors[i % len(colors)])


def sunrise(draw: Draw, w: int, h: int, p: Palette, rng: random.Random) -> None:
    """Rays from a half sun behind rolling hills."""
    cx, cy = w * 0.5, h * 0.56
    for i in range(24):
        a, b = math.pi * 2 * i / 24, math.pi * 2 * (i + 0.5) / 24
        reach = w * 1.4
        draw.polygon(
            [
                (cx, cy),
                (cx + reach * math.cos(a), cy + reach * math.sin(a)),
                (cx + reach * math.cos(b), cy + reach * math.sin(b)),
            ],
            fill=p[1],
        )
    rings(draw, cx, cy, [w * 0.33, w * 0.27, w * 0.2], [p[3], p[2], p[3]])
    hill(draw, w, h, 0.6, 0.05, p[2], rng)
    hill(draw, w, h, 0.68, 0.04, p[4], rng)


def hill(draw: Draw, w: int, h: int, level: float, swing: float, fill: str, rng: random.Random) -> None:
    phase = rng.random() * 6
    line = [
        (x, h * (level + swing * math.sin(phase + x / w * 5.2) + swing * 0.5 * math.sin(phase * 2 + x / w * 11)))
        for x in range(0, w + 20, 20)
    ]
    draw.polygon([(0, h), *line, (w, h)], fill=fill)


def sound(draw: Draw, w: int, h: int, p: Palette, rng: random.Random) -> None:
    """An equalizer of rounded bars around a record."""
    bars = 15
    step = w / bars
    for i in range(bars):
        height = h * (0.12 + 0.33 * abs(math.sin(i * 0.7 + rng.random())))
        x = step * (i + 0.5)
        draw.rounded_rectangle(
            (x - step * 0.32, h * 0.4 - height, x + step * 0.32, h * 0.4 + height), step * 0.32, fill=p[1 + i % 2]
        )
    rings(
        draw,
        w * 0.5,
        h * 0.4,
        [w * 0.29, w * 0.27, w * 0.2, w * 0.19, w * 0.09, w * 0.02],
        [p[4], p[3], p[4], p[3], p[1], p[0]],
    )


def cloth(draw: Draw, w: int, h: int, p: Palette, rng: random.Random) -> None:
    """Printed cotton: tiles of petals and diamonds."""
    n = 4
    s = w / n
    for row in range(math.ceil(h / s)):
        for col in range(n):
            x, y = col * s + s / 2, row * s + s / 2
            odd = (row + col) % 2
            draw.rectangle((x - s / 2, y - s / 2, x + s / 2, y + s / 2), fill=p[1] if odd else p[0])
            if odd:
                for k in range(8):
                    a = math.pi * k / 4
                    disc(draw, x + s * 0.26 * math.cos(a), y + s * 0.26 * math.sin(a), s * 0.13, p[3])
                disc(draw, x, y, s * 0.15, p[4])
            else:
                draw.polygon([(x, y - s * 0.42), (x + s * 0.42, y), (x, y + s * 0.42), (x - s * 0.42, y)], fill=p[2])
                draw.polygon([(x, y - s * 0.24), (x + s * 0.24, y), (x, y + s * 0.24), (x - s * 0.24, y)], fill=p[4])
                disc(draw, x, y, s * 0.08, p[3])


def skyline(draw: Draw, w: int, h: int, p: Palette, rng: random.Random) -> None:
    """A city at dusk with lit windows and a moon."""
    disc(draw, w * 0.7, h * 0.22, w * 0.17, p[3])
    for layer, (base, color) in enumerate(((0.36, p[1]), (0.46, p[2]), (0.56, p[4]))):
        x = -w * 0.03
        while x < w:
            bw = w * rng.uniform(0.08, 0.16)
            top = h * (base + rng.uniform(-0.13, 0.06))
            draw.rectangle((x, top, x + bw, h), fill=color)
            if layer == 2:
                windows(draw, x, top, bw, h, p[3], rng)
            x += bw + w * 0.008


def windows(draw: Draw, x: float, top: float, bw: float, h: int, fill: str, rng: random.Random) -> None:
    cell = bw / 4
    y = top + cell * 0.7
    while y < h * 0.9:
        for i in range(3):
            if rng.random() < 0.5:
                left = x + cell * (0.6 + i)
                draw.rectangle((left, y, left + cell * 0.5, y + cell * 0.7), fill=fill)
        y += cell * 1.2


def track(draw: Draw, w: int, h: int, p: Palette, rng: random.Random) -> None:
    """Running lanes sweeping up the sheet."""
    for i in range(7):
        r = w * (1.25 - i * 0.15)
        disc(draw, w * 1.05, h * 0.78, r, p[1] if i % 2 else p[2])
    disc(draw, w * 1.05, h * 0.78, w * 0.2, p[0])
    disc(draw, w * 0.24, h * 0.2, w * 0.12, p[3])


def spotlights(draw: Draw, w: int, h: int, p: Palette, rng: random.Random) -> None:
    """Beams from above meeting on a singer, over the heads of a crowd."""
    draw.rectangle((0, 0, w, h), fill=p[4])
    for i, x in enumerate((0.04, 0.27, 0.73, 0.96)):
        draw.polygon([(w * x, -h * 0.02), (w * 0.36, h * 0.56), (w * 0.64, h * 0.56)], fill=p[1 + i % 2])
    draw.polygon([(w * 0.5, -h * 0.05), (w * 0.3, h * 0.56), (w * 0.7, h * 0.56)], fill=p[3])
    disc(draw, w * 0.5, h * 0.3, w * 0.062, p[4])
    draw.rounded_rectangle((w * 0.42, h * 0.355, w * 0.58, h * 0.6), w * 0.07, fill=p[4])
    draw.line((w * 0.56, h * 0.38, w * 0.66, h * 0.2), fill=p[4], width=w // 28)
    for row in range(3):
        for i in range(-1, 13):
            disc(
                draw,
                w * (i + 0.5 * (row % 2)) / 11,
                h * (0.55 + row * 0.045 + 0.012 * rng.random()),
                w * 0.052,
                p[(2, 1, 4)[row]],
            )


def leaves(draw: Draw, w: int, h: int, p: Palette, rng: random.Random) -> None:
    """A bowl under big leaves."""
    for i in range(9):
        leaf(draw, w * 0.5, h * 0.48, math.pi * (1.05 + i * 0.1125), w * rng.uniform(0.5, 0.66), p[1 + i % 2])
    draw.pieslice((w * 0.16, h * 0.17, w * 0.84, h * 0.17 + w * 0.76), 0, 180, fill=p[3])
    draw.rounded_rectangle((w * 0.12, h * 0.455, w * 0.88, h * 0.495), w * 0.02, fill=p[4])
    draw.rounded_rectangle((w * 0.36, h * 0.6, w * 0.64, h * 0.62), w * 0.02, fill=p[4])


def leaf(draw: Draw, x: float, y: float, angle: float, length: float, fill: str) -> None:
    points = []
    for t in range(21):
        along, out = t / 20, math.sin(math.pi * t / 20) * 0.16
        points.append(
            (
                x + length * (along * math.cos(angle) - out * math.sin(angle)),
                y + length * (along * math.sin(angle) + out * math.cos(angle)),
            )
        )
    for t in range(20, -1, -1):
        along, out = t / 20, -math.sin(math.pi * t / 20) * 0.16
        points.append(
            (
                x + length * (along * math.cos(angle) - out * math.sin(angle)),
                y + length * (along * math.sin(angle) + out * math.cos(angle)),
            )
        )
    draw.polygon(points, fill=fill)


def waves(draw: Draw, w: int, h: int, p: Palette, rng: random.Random) -> None:
    """Rows of swell with a boat's sail."""
    disc(draw, w * 0.28, h * 0.22, w * 0.15, p[3])
    draw.polygon([(w * 0.56, h * 0.12), (w * 0.56, h * 0.5), (w * 0.86, h * 0.46)], fill=p[4])
    draw.polygon([(w * 0.53, h * 0.2), (w * 0.53, h * 0.5), (w * 0.36, h * 0.47)], fill=p[3])
    for row in range(6):
        y, color = h * (0.5 + row * 0.07), (p[1], p[2])[row % 2]
        size = w / 6
        for i in range(-1, 8):
            disc(draw, i * size + (row % 2) * size / 2, y + size * 0.45, size * 0.56, color)
        draw.rectangle((0, y + size * 0.45, w, h), fill=color)


def mountain(draw: Draw, w: int, h: int, p: Palette, rng: random.Random) -> None:
    """A snow cap over acacias."""
    disc(draw, w * 0.74, h * 0.2, w * 0.13, p[3])
    draw.polygon([(w * -0.2, h * 0.64), (w * 0.42, h * 0.17), (w * 1.1, h * 0.64)], fill=p[1])
    draw.polygon(
        [
            (w * 0.42, h * 0.17),
            (w * 0.25, h * 0.3),
            (w * 0.34, h * 0.28),
            (w * 0.41, h * 0.33),
            (w * 0.5, h * 0.27),
            (w * 0.61, h * 0.3),
        ],
        fill=p[3],
    )
    hill(draw, w, h, 0.58, 0.02, p[2], rng)
    for x, s in ((0.2, 1.0), (0.82, 0.8)):
        draw.rectangle((w * (x - 0.012), h * 0.5, w * (x + 0.012), h * 0.64), fill=p[4])
        draw.ellipse((w * (x - 0.17 * s), h * (0.5 - 0.045 * s), w * (x + 0.17 * s), h * (0.5 + 0.022 * s)), fill=p[4])
    hill(draw, w, h, 0.64, 0.012, p[4], rng)


def blocks(draw: Draw, w: int, h: int, p: Palette, rng: random.Random) -> None:
    """A mosaic of quarter circles and squares."""
    n = 5
    s = w / n
    for row in range(math.ceil(h / s)):
        for col in range(n):
            x, y = col * s, row * s
            ground, front = rng.sample([p[0], p[1], p[2], p[3]], 2)
            draw.rectangle((x, y, x + s, y + s), fill=ground)
            turn = rng.choice((0, 90, 180, 270))
            cx, cy = (
                (x, y) if turn == 0 else (x + s, y) if turn == 90 else (x + s, y + s) if turn == 180 else (x, y + s)
            )
            if rng.random() < 0.72:
                draw.pieslice((cx - s, cy - s, cx + s, cy + s), turn, turn + 90, fill=front)
            else:
                disc(draw, x + s / 2, y + s / 2, s * 0.3, front)


def brackets(draw: Draw, w: int, h: int, p: Palette, rng: random.Random) -> None:
    """Lines of a program as bars between big braces."""
    y = h * 0.12
    depth = 0
    while y < h * 0.58:
        depth = max(0, min(3, depth + rng.choice((-1, 0, 1, 1))))
        x = w * (0.2 + depth * 0.08)
        for _ in range(rng.randint(1, 3)):
            length = w * rng.uniform(0.06, 0.2)
            if x + length < w * 0.86:
                draw.rounded_rectangle((x, y, x + length, y + h * 0.022), h * 0.011, fill=p[rng.choice((1, 2, 3))])
            x += length + w * 0.025
        y += h * 0.042
    draw.rounded_rectangle((w * 0.08, h * 0.09, w * 0.12, h * 0.6), w * 0.02, fill=p[3])
    draw.rounded_rectangle((w * 0.88, h * 0.09, w * 0.92, h * 0.6), w * 0.02, fill=p[3])


def nodes(draw: Draw, w: int, h: int, p: Palette, rng: random.Random) -> None:
    """Points joined to their neighbors."""
    points = [(w * rng.uniform(0.08, 0.92), h * rng.uniform(0.08, 0.6)) for _ in range(26)]
    for a in points:
        for b in sorted(points, key=lambda q: math.dist(a, q))[1:4]:
            draw.line((*a, *b), fill=p[1], width=max(2, w // 130))
    for i, (x, y) in enumerate(points):
        disc(draw, x, y, w * (0.018 + 0.035 * (i % 3)), p[2 + i % 2])


def lens(draw: Draw, w: int, h: int, p: Palette, rng: random.Random) -> None:
    """Overlapping circles of film color."""
    r = w * 0.28
    for x, y, color in ((0.36, 0.27, p[1]), (0.64, 0.27, p[2]), (0.5, 0.42, p[3])):
        disc(draw, w * x, h * y, r, color)
    disc(draw, w * 0.5, h * 0.325, w * 0.13, p[4])
    for i in range(9):
        draw.rounded_rectangle(
            (w * (0.03 + i * 0.11), h * 0.025, w * (0.09 + i * 0.11), h * 0.055), w * 0.01, fill=p[4]
        )


def pages(draw: Draw, w: int, h: int, p: Palette, rng: random.Random) -> None:
    """Leaning books on a shelf."""
    x = w * 0.08
    for i in range(9):
        bw, top = w * rng.uniform(0.06, 0.12), h * rng.uniform(0.14, 0.28)
        draw.rounded_rectangle((x, top, x + bw, h * 0.6), w * 0.008, fill=p[1 + i % 3])
        draw.rectangle((x, top + h * 0.05, x + bw, top + h * 0.065), fill=p[4])
        x += bw + w * 0.008
        if x > w * 0.86:
            break
    draw.rectangle((0, h * 0.6, w, h * 0.625), fill=p[4])


MOTIFS: dict[str, Motif] = {
    f.__name__: f
    for f in (
        sunrise,
        sound,
        cloth,
        skyline,
        track,
        spotlights,
        leaves,
        waves,
        mountain,
        blocks,
        brackets,
        nodes,
        lens,
        pages,
    )
}


def canvas(w: int, h: int, ground: str) -> tuple[Image.Image, Draw]:
    """A blank sheet and its pen."""
    image = Image.new("RGB", (w, h), ground)
    return image, ImageDraw.Draw(image)
