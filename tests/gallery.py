"""Every component with its example data: for the test that renders them all, and as one page to look at.

`python -m tests.gallery FOLDER` writes FOLDER/index.html with the site's own style sheets beside it.
"""

import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import qrcode
import yaml
from django import forms
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.template.backends.django import DjangoTemplates
from django.utils.module_loading import import_string
from qrcode.image.svg import SvgPathImage

ROOT = Path(__file__).parent.parent
COMPONENTS = ROOT / "templates" / "components"
urlpatterns: list[Any] = []
"""The page frame asks for addresses by name; here it has none and falls back to plain ones."""


class Examples(yaml.SafeLoader):
    """YAML with four more words: `!field` and `!form` make real bound form fields, `!minutes` a time from now, and
    `!message` one of Django's messages."""


def bound_form(fields: dict[str, dict[str, Any]]) -> forms.Form:
    """A bound form; each field is given as {type, value, error, widget, choices, ...arguments of the field}."""
    made, data, errors = {}, {}, {}
    for name, given in fields.items():
        options = dict(given)
        data[name] = options.pop("value", "")
        errors[name] = options.pop("error", "")
        kind = import_string(f"django.forms.{options.pop('type', 'CharField')}")
        if widget := options.pop("widget", None):
            options["widget"] = import_string(f"django.forms.{widget}")
        made[name] = kind(required=options.pop("required", True), **options)
    form = type("ExampleForm", (forms.Form,), made)(data)
    form.full_clean()
    form.errors.clear()
    for name, text in errors.items():
        if text:
            form.add_error(name, text)
    return form


def _field(loader: Examples, node: yaml.MappingNode) -> forms.BoundField:
    given = loader.construct_mapping(node, deep=True)
    name = given.pop("name")
    return bound_form({name: given})[name]


Examples.add_constructor("!field", _field)
Examples.add_constructor("!form", lambda loader, node: bound_form(loader.construct_mapping(node, deep=True)))
Examples.add_constructor(
    "!minutes", lambda loader, node: datetime.now(UTC) + timedelta(minutes=int(loader.construct_scalar(node)))
)
Examples.add_constructor("!message", lambda loader, node: Message(**loader.construct_mapping(node)))


def components() -> list[str]:
    return sorted(folder.name for folder in COMPONENTS.iterdir() if folder.is_dir())


def examples(name: str) -> dict[str, dict[str, Any]]:
    """The named contexts beside a component; empty if there are none."""
    file = COMPONENTS / name / f"{name}.yaml"
    return yaml.load(file.read_text(), Examples) or {} if file.exists() else {}


def engine() -> DjangoTemplates:
    """Templates alone, without the context processors and loaders of the apps: a component needs none of them."""
    libraries = {"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"}
    return DjangoTemplates(
        {"NAME": "gallery", "DIRS": [ROOT / "templates"], "APP_DIRS": False, "OPTIONS": {"libraries": libraries}}
    )


def render(templates: DjangoTemplates, name: str, context: dict[str, Any]) -> str:
    return str(templates.get_template(f"components/{name}/{name}.html").render(context))


def _sections(templates: DjangoTemplates) -> Iterator[str]:
    for name in components():
        if name in ("site_header", "site_footer"):
            continue
        size = "small" if name in SMALL else "medium" if name in MEDIUM else "whole"
        yield f'<section class="wrapper gallery" id="c-{name}"><p class="muted">{name}</p><div class="gallery__list">'
        for data in examples(name).values():
            yield f'<div class="gallery__one gallery__one--{size}">{render(templates, name, data)}</div>'
        yield "</div></section>"


SMALL = {"badge", "button", "icon", "link_button", "tag", "price", "cart_link", "stat"}
MEDIUM = {
    "amount_field",
    "card",
    "empty_state",
    "field",
    "notice",
    "poster",
    "qr_panel",
    "seller_byline",
    "waiting_status",
}
STYLE = """
.gallery { margin-block: 2.5rem; }
.gallery__list { display: flex; flex-wrap: wrap; align-items: start; gap: 1.5rem; }
.gallery__one { flex: 1 1 100%; min-width: 0; }
.gallery__one--small { flex: none; }
.gallery__one--medium { flex: 0 1 19rem; }
"""
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 75" width="600" height="750">
<path fill="{0}" d="M0 0h60v75H0z"/><circle cx="{3}" cy="25" r="14" fill="{1}"/>
<path fill="{2}" d="M0 60Q{3} 34 60 52V75H0Z"/></svg>"""
POSTERS = [
    ("#16324a", "#f4bf5a", "#0c1c2b", 15),
    ("#e9a13b", "#c8340f", "#7d1f06", 42),
    ("#1a5e3c", "#fbe3d6", "#0e3a25", 30),
    ("#f1e7d5", "#1c4f70", "#221510", 48),
]


def art(folder: Path) -> None:
    """Four posters and a QR code, so that the page shows what pictures do to it."""
    folder.mkdir(exist_ok=True)
    for number, colors in enumerate(POSTERS, 1):
        (folder / f"{number}.svg").write_text(SVG.format(*colors))
    qrcode.make("https://example.com/", image_factory=SvgPathImage).save(str(folder / "qr.svg"))


def write(folder: Path) -> Path:
    """Write the page and everything it links to into `folder`; give back the page."""
    shutil.copytree(ROOT / "static", folder / "static", dirs_exist_ok=True)
    art(folder / "art")
    templates = engine()
    page = templates.get_template("base.html").render(
        {**examples("site_header")["guest"], **examples("site_footer")["full"], "site_name": "Sokoni"}
    )
    style = '<link rel="stylesheet" href="gallery.css">'
    (folder / "gallery.css").write_text(STYLE)
    body = "".join(_sections(templates)).replace("/static/", "static/")
    page = str(page).replace("/static/", "static/").replace("</head>", f"{style}</head>")
    target = folder / "index.html"
    target.write_text(page.replace('tabindex="-1">', f'tabindex="-1">{body}', 1))
    return target


if __name__ == "__main__":
    import django

    settings.configure(STATIC_URL="/static/", USE_TZ=True, TIME_ZONE="Africa/Nairobi", ROOT_URLCONF="tests.gallery")
    django.setup()
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    print(write(out))
