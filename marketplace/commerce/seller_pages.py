"""Where mails lead a seller. The pages stand in the rooms above, which say here how they are reached."""

from collections.abc import Callable

from marketplace.core.conf import site_url

Page = Callable[[int], str]
"""From an order line's id to the path of a page about that sale."""

_pages: dict[str, Page] = {}


def register(name: str, page: Page) -> None:
    """`sale`: the sale itself; `request`: where its seller answers the buyer's request for money back."""
    _pages[name] = page


def seller_url(name: str, line_id: int) -> str:
    """The whole address, or nothing where no room offers such a page."""
    return site_url() + _pages[name](line_id) if name in _pages else ""
