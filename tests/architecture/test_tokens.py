"""The face keeps its promises: contrast in both modes, and a page light enough for a busy mobile network."""

import re
from pathlib import Path

import brotli
import django_htmx
import pytest

STATIC = Path(__file__).parents[2] / "static"
TOKENS = (STATIC / "css" / "tokens.css").read_text()
PAIRS = dict(re.findall(r"--([a-z-]+): light-dark\((#\w+, #\w+)\);", TOKENS))
GROUNDS = ("paper", "surface", "sunken")
STATES = ("good", "warn", "bad", "info")
BODY, TEXT, EDGE = 7.0, 4.5, 3.0
"""WCAG 2.2: AAA for body text, AA for all text, 1.4.11 for the edges of controls."""

CASES = [
    *[("ink", ground, BODY) for ground in GROUNDS],
    *[("muted", ground, BODY) for ground in GROUNDS],
    *[(color, ground, TEXT) for color in ("accent-ink", *STATES) for ground in GROUNDS],
    *[(state, f"{state}-wash", TEXT) for state in STATES],
    *[("ink", f"{wash}-wash", BODY) for wash in (*STATES, "accent")],
    *[("muted", "accent-wash", TEXT), ("accent-ink", "accent-wash", TEXT)],
    *[("on-accent", "accent", TEXT), ("on-accent", "accent-deep", TEXT), ("on-field", "field", TEXT)],
    ("field-ink", "on-field", BODY),
    *[("edge", ground, EDGE) for ground in GROUNDS],
]


def luminance(color: str) -> float:
    digits = color.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), CASES)
def test_text_can_be_read(ink, ground, least, mode):
    one, other = PAIRS[ink].split(", ")[mode], PAIRS[ground].split(", ")[mode]
    assert contrast(one, other) >= least, f"{ink} {one} on {ground} {other}: {contrast(one, other):.2f}"


def test_browsers_without_light_dark_get_the_light_values():
    plain = dict(re.findall(r"--([a-z-]+): (#\w+);", TOKENS))
    assert {name: pair.split(", ")[0] for name, pair in PAIRS.items()} == {name: plain[name] for name in PAIRS}


def test_colors_live_in_the_tokens():
    """Elsewhere only the few that must not change with the mode: the footer, the drawn phone, codes and shadows."""
    loose = {
        file.name: len(re.findall(r"#[0-9a-f]{3,8}\b", re.sub(r'"[^"]*"', "", file.read_text())))
        for file in (STATIC / "css").glob("*.css")
        if file.name not in ("tokens.css", "print.css")
    }
    assert sum(loose.values()) <= 30, loose


def test_what_every_page_carries_is_light():
    """Compressed as the server sends it; fonts are compressed already. Leaves 18 KB of 60 for the page itself."""
    scripts = [file for file in (STATIC / "js").glob("*.js") if file.name != "security-key.js"]  # three pages load it
    texts = [*(STATIC / "css").glob("*.css"), *scripts]
    texts.append(Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-4.min.js")
    weight = sum(len(brotli.compress(file.read_bytes())) for file in texts)
    fonts = sum(file.stat().st_size for file in (STATIC / "fonts").glob("*.woff2"))
    assert fonts < 20_000
    assert weight + fonts < 44_000, f"{weight} and {fonts} bytes of fonts"
