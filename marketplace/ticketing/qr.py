"""Draws QR codes: rounded, sharp at any size, dark on white whatever the theme: few scanners read them inverted."""

import io
from collections.abc import Iterator

import qrcode
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.image.styledpil import StyledPilImage
from qrcode.image.styles.moduledrawers.pil import RoundedModuleDrawer
from qrcode.util import MODE_ALPHA_NUM, QRData

QUIET = 4
"""Modules of white around the code, which ISO/IEC 18004 asks for."""
UNIT = 20
"""Size of a module in the SVG's own units, and in pixels of the PNG."""
ROUND = 9
"""Radius of an outer corner in those units."""

Point = tuple[int, int]


def _code(text: str) -> qrcode.QRCode:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=QUIET, box_size=UNIT)
    code.add_data(QRData(text.encode("ascii"), mode=MODE_ALPHA_NUM), optimize=0)
    code.make(fit=True)
    return code


def png(text: str) -> bytes:
    """A gray PNG of over a thousand pixels a side. `text` is alphanumeric in the QR sense (base45)."""
    drawer = RoundedModuleDrawer(radius_ratio=0.9)
    image = _code(text).make_image(image_factory=StyledPilImage, module_drawer=drawer, eye_drawer=drawer)
    out = io.BytesIO()
    image.get_image().convert("L").save(out, "PNG")
    return out.getvalue()


def svg(text: str) -> str:
    """The same code as one SVG path: the outline of all dark modules, so that no seam shows between them."""
    matrix = _code(text).get_matrix()
    size = len(matrix) * UNIT
    path = "".join(_rounded(outline) for outline in outlines(matrix))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>'
    )


def outlines(matrix: list[list[bool]]) -> Iterator[list[Point]]:
    """The corners of every outline, dark on the right hand side; holes run the other way round."""
    edges = _edges(matrix)
    while edges:
        start = next(iter(edges))
        corners, here, step = [], start, None
        while here in edges:
            following = _follow(edges, here, step)
            if following != step:
                corners.append(here)
            step, here = following, (here[0] + following[0], here[1] + following[1])
        yield corners


def _edges(matrix: list[list[bool]]) -> dict[Point, list[Point]]:
    """Unit steps along the borders between dark and light, by where they begin."""
    edges: dict[Point, list[Point]] = {}
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:  # the quiet zone keeps dark modules away from the rim, so neighbors always exist
                around = (
                    (matrix[y - 1][x], (x, y), (1, 0)),
                    (row[x + 1], (x + 1, y), (0, 1)),
                    (matrix[y + 1][x], (x + 1, y + 1), (-1, 0)),
                    (row[x - 1], (x, y + 1), (0, -1)),
                )
                for neighbor, begin, step in around:
                    if not neighbor:
                        edges.setdefault(begin, []).append(step)
    return edges


def _follow(edges: dict[Point, list[Point]], here: Point, step: Point | None) -> Point:
    """Take the edge that leads on; where two modules touch at a corner, turn right, which keeps them apart."""
    choices = edges[here]
    right = (-step[1], step[0]) if step else choices[0]
    chosen = right if right in choices else choices[0]
    choices.remove(chosen)
    if not choices:
        del edges[here]
    return chosen


def _rounded(corners: list[Point]) -> str:
    """One closed outline with its outer corners rounded."""
    parts = []
    for i, (x, y) in enumerate(corners):
        before, after = corners[i - 1], corners[(i + 1) % len(corners)]
        came, goes = _direction(before, (x, y)), _direction((x, y), after)
        radius = ROUND if (-came[1], came[0]) == goes else 0
        ax, ay = x * UNIT - came[0] * radius, y * UNIT - came[1] * radius
        parts.append(f"{'L' if i else 'M'}{ax} {ay}")
        if radius:
            bx, by = goes[0] * radius + came[0] * radius, goes[1] * radius + came[1] * radius
            parts.append(f"q{came[0] * radius} {came[1] * radius} {bx} {by}")
    return "".join(parts) + "z"


def _direction(begin: Point, end: Point) -> Point:
    dx, dy = end[0] - begin[0], end[1] - begin[1]
    return ((dx > 0) - (dx < 0), (dy > 0) - (dy < 0))
