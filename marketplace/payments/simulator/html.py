"""Small HTML: files with $slots, everything put into a slot escaped unless it is already Html."""

from functools import cache
from html import escape
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


class Html(str):
    """Markup that is already safe."""

    __slots__ = ()


@cache
def template(name: str) -> Template:
    """Read a template once."""
    return Template((HERE / "templates" / name).read_text(encoding="utf-8"))


def render(name: str, /, **slots: object) -> Html:
    """Fill a template; a missing slot is a KeyError, not an empty place."""
    safe = {key: value if isinstance(value, Html) else escape(str(value)) for key, value in slots.items()}
    return Html(template(name).substitute(safe))


def joined(name: str, rows: list[dict[str, object]]) -> Html:
    """Fill one template once per row."""
    return Html("".join(render(name, **row) for row in rows))


def page(
    title: str, body: Html, *, kind: str = "", status: int = 200, sends_to: str = "", head: str = ""
) -> HTMLResponse:
    """Wrap a body in the common frame. No inline script or style; forms may lead to `sends_to` (origins)."""
    html = render("base.html", title=title, body=body, kind=kind, head=Html(head))
    policy = f"{POLICY}; form-action 'self' {sends_to}"
    return HTMLResponse(html, status, {"Content-Security-Policy": policy.strip(), "Cache-Control": "no-store"})
