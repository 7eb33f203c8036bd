"""The hosted page of a connected account's owner: finish, hand in too little, or leave."""

from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from marketplace.payments.simulator import html
from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World, world_of

from . import money
from .accounts import requirements, told
from .balance import balance
from .desk import Desk

PRESSES = ("complete", "incomplete", "restrict", "leave")
MISSING = ("individual.verification.document",)


def press(desk: Desk, account: Json, button: str) -> Json:
    """Let the owner, or Stripe's own checks, change an account. ValueError for an unknown button."""
    if button not in PRESSES:
        raise ValueError(f"press one of {', '.join(PRESSES)}")
    if button == "leave":
        return account
    return told(desk, judged(account, works=button == "complete"))


def judged(account: Json, *, works: bool) -> Json:
    """Return an account that may be paid, or one of which something is missing."""
    account |= {"details_submitted": True, "charges_enabled": works, "payouts_enabled": works}
    account["capabilities"] = dict.fromkeys(account["capabilities"], "active" if works else "inactive")
    account["requirements"] = requirements(() if works else MISSING, None if works else "requirements.past_due")
    return account


def link_of(world: World, request: Request) -> tuple[Json | None, Json | None]:
    """Return the link and its account; a link that is used up or too old is as good as none."""
    link = world.state.get("account_link", str(request.path_params["token"]))
    return link, world.state.get("account", link["account"]) if link else None


async def show(request: Request) -> Response:
    """Show the page, or send the visitor of a stale link back for a new one."""
    world = world_of(request)
    link, account = link_of(world, request)
    if link is None or account is None:
        return gone()
    if link["used"] or world.clock.now() >= link["until"]:
        return RedirectResponse(link["refresh_url"], 303)
    body = html.render(
        "onboarding.html", token=link["id"], merchant=world.settings.merchant, email=account["email"] or "no e-mail",
        account=account["id"], country=account["country"],
    )  # fmt: skip
    parts = urlsplit(link["return_url"])
    return html.page("Get paid", body, kind="card-page", sends_to=f"{parts.scheme}://{parts.netloc}")


async def answer(request: Request) -> Response:
    """Take the button pressed and lead back to the site."""
    world = world_of(request)
    link, account = link_of(world, request)
    if link is None or account is None:
        return gone()
    if link["used"] or world.clock.now() >= link["until"]:
        return RedirectResponse(link["refresh_url"], 303)
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    with world.state.atomic():
        world.state.put("account_link", link | {"used": True})
        try:
            press(Desk(world), account, form.get("press", [""])[0])
        except ValueError:
            return gone()
    return RedirectResponse(link["return_url"], 303)


def gone() -> Response:
    """Say that there is nothing here."""
    words = "There is no such page. Start again from the shop."
    body = html.render("notice.html", title="Page not found", words=words, button=html.Html(""))
    return html.page("Page not found", body, kind="card-page", status=404)


async def dashboard(request: Request) -> Response:
    """Show a connected account to its owner: what it may do, what it has received."""
    world = world_of(request)
    account = world.state.get("account", str(request.path_params["id"]))
    if account is None:
        return gone()
    rows = [
        {
            "amount": money.shown(doc["amount"] - doc["amount_reversed"], doc["currency"]),
            "who": f"from {world.settings.merchant}, {doc['transfer_group'] or 'no group'}",
            "id": doc["id"],
            "note": "reversed" if doc["reversed"] else "",
        }
        for doc in reversed(world.state.find("transfer", destination=account["id"]))
    ]
    held = balance(Desk(world, account["id"]))
    sums = [money.shown(row["amount"], row["currency"]) for name in ("available", "pending") for row in held[name]]
    state = "can be paid" if account["payouts_enabled"] else f"cannot be paid yet: {due(account)}"
    body = html.render(
        "account.html", id=account["id"], email=account["email"] or "no e-mail", state=state,
        held=", ".join(sums) or "nothing", rows=html.joined("object_row.html", rows) or html.render("no_message.html"),
    )  # fmt: skip
    return html.page("Account", body)


def due(account: Json) -> str:
    """Say what is still asked of an account."""
    return ", ".join(account["requirements"]["currently_due"]) or "under review"


ROUTES: list[BaseRoute] = [
    Route("/account/{id}", dashboard),
    Route("/{token}", show, methods=["GET"]),
    Route("/{token}", answer, methods=["POST"]),
]
