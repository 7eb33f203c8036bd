"""A buyer without JavaScript: reads pages, fills in forms, follows redirects, over real HTTP, own session."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import httpx
from bs4 import BeautifulSoup, Tag


@dataclass
class Page:
    """What came back, parsed when somebody looks at it."""

    response: httpx.Response

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.response.text, "html.parser")

    @property
    def text(self) -> str:
        return " ".join(self.soup.get_text(" ").split())

    @property
    def path(self) -> str:
        return self.response.url.path

    @property
    def status(self) -> int:
        return self.response.status_code

    def form(self, where: Callable[[str], bool]) -> Tag:
        """The first form whose action satisfies `where`; fails with the page's text when there is none."""
        for form in self.soup.find_all("form"):
            if where(str(form.get("action") or self.path)):
                return form
        raise AssertionError(f"no such form on {self.path}: {self.text[:600]}")


class Buyer:
    """One visitor. `requests` counts what the browser would have asked for, redirects included.

    `address` is the network address the visitor comes from, as the site's own proxy would report it.
    """

    def __init__(self, base_url: str, *, address: str = "") -> None:
        headers = {"X-Forwarded-For": address} if address else {}
        self.client = httpx.Client(
            base_url=base_url, follow_redirects=True, timeout=180, headers=headers, trust_env=False
        )
        self.requests = 0
        self.statuses: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
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
        self.statuses += [step.status_code for step in (*response.history, response)]
        return Page(response)


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


def fill_cart(buyer: Buyer, event_path: str, *, offer_id: int, quantity: int = 1) -> Page:
    """From the event page to the cart, or wherever the visitor was stopped."""
    page = buyer.open(event_path)
    return buyer.submit(page, lambda action: "/cart/add" in action, **{f"quantity__{offer_id}": quantity})


def check_out(buyer: Buyer, **checkout: Any) -> Page:
    """From the cart to the page that follows the pay button, or wherever the visitor was stopped.

    `checkout`: `email`, `provider` (mpesa, stripe), `phone`.
    """
    page = buyer.open("/checkout/")
    if page.path != "/checkout/":
        return page
    return buyer.submit(page, lambda action: action.startswith("/checkout"), terms="on", **checkout)


def buy(buyer: Buyer, event_path: str, *, offer_id: int, quantity: int = 1, **checkout: Any) -> Page:
    """From the event page to the page that follows the pay button. Returns wherever the visitor was stopped."""
    page = fill_cart(buyer, event_path, offer_id=offer_id, quantity=quantity)
    if page.status >= 400 or page.path != "/cart/":
        return page
    return check_out(buyer, **checkout)
