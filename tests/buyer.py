"""A buyer without JavaScript: reads pages, fills in forms, follows redirects, over real HTTP, own session."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import httpx
from bs4 import BeautifulSoup, Tag


@dataclass
class Page:
    """What came back, parsed."""

    response: httpx.Response
    soup: BeautifulSoup

    @property
    def text(self) -> str:
        return " ".join(self.soup.get_text(" ").split())

    @property
    def path(self) -> str:
        return self.response.url.path

    def form(self, where: Callable[[str], bool]) -> Tag:
        """The first form whose action satisfies `where`; fails with the page's text when there is none."""
        for form in self.soup.find_all("form"):
            if where(str(form.get("action") or self.path)):
                return form
        raise AssertionError(f"no such form on {self.path}: {self.text[:600]}")


class Buyer:
    """One visitor. `requests` counts what the browser would have asked for, redirects included."""

    def __init__(self, base_url: str) -> None:
        self.client = httpx.Client(base_url=base_url, follow_redirects=True, timeout=60)
        self.requests = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def open(self, path: str) -> Page:
        return self._page(self.client.get(path))

    def submit(self, page: Page, where: Callable[[str], bool], **values: Any) -> Page:
        """Send a form as a browser would: its own defaults, changed by `values` (names with - written as __)."""
        form = page.form(where)
        data = {**defaults(form), **{name.replace("__", "-"): str(value) for name, value in values.items()}}
        url = page.response.url.join(str(form.get("action") or page.response.url))
        headers = {"Referer": str(page.response.url)}
        if str(form.get("method", "get")).lower() == "post":
            return self._page(self.client.post(url, data=data, headers=headers))
        return self._page(self.client.get(url, params=data, headers=headers))

    def _page(self, response: httpx.Response) -> Page:
        self.requests += 1 + len(response.history)
        return Page(response, BeautifulSoup(response.text, "html.parser"))


def defaults(form: Tag) -> dict[str, str]:
    """What a browser would send if nobody touched the form."""
    data: dict[str, str] = {}
    for field in form.find_all(["input", "select", "textarea"]):
        name, kind = field.get("name"), field.get("type", "text")
        if not name or field.has_attr("disabled") or kind in ("submit", "button", "image", "file"):
            continue
        if field.name == "select":
            options = field.find_all("option")
            chosen = next((o for o in options if o.has_attr("selected")), options[0] if options else None)
            data[name] = str(chosen.get("value", chosen.text)) if chosen else ""
        elif field.name == "textarea":
            data[name] = field.text
        elif kind in ("checkbox", "radio"):
            if field.has_attr("checked"):
                data[name] = str(field.get("value", "on"))
        else:
            data[name] = str(field.get("value", ""))
    return data


def buy(buyer: Buyer, event_path: str, *, offer_id: int, quantity: int = 1, **checkout: Any) -> Page:
    """From the event page to the page that follows the pay button. Returns wherever the visitor was stopped."""
    page = buyer.open(event_path)
    page = buyer.submit(page, lambda action: "/cart/add" in action, **{f"quantity__{offer_id}": quantity})
    if page.response.status_code >= 400 or "/cart" not in page.path:
        return page
    page = buyer.open("/checkout/")
    if page.path != "/checkout/":
        return page
    return buyer.submit(page, lambda action: action.startswith("/checkout"), **checkout)
