"""Who may do what, as data. `services.sync_roles` makes the database say the same after every migrate.

Permissions are named `app_label.codename`. "crud" below is short for add, change, delete and view. Nobody may delete
orders, payments, people or history: for some the database refuses it, for the rest no role has the permission.
Sellers have model permissions like everyone else; `marketplace.sellers` confines them to what is their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass


def crud(*models: str, but: Iterable[str] = ()) -> frozenset[str]:
    """`crud("events.venue")` is `events.add_venue` and its three brothers."""
    verbs = [verb for verb in ("add", "change", "delete", "view") if verb not in but]
    return frozenset(f"{app}.{verb}_{name}" for app, name in (model.split(".") for model in models) for verb in verbs)


def view(*models: str) -> frozenset[str]:
    return crud(*models, but=("add", "change", "delete"))


ENTER = frozenset({"wagtailadmin.access_admin"})
GOODS = crud("events.tickettype", "products.licenseplan")
EDITING = (
    GOODS
    | crud("catalog.category", "events.venue", "wagtailredirects.redirect")
    | crud("wagtailcore.collection", but=("delete", "view"))
    | frozenset({"home.change_sitesettings", "simple_translation.submit_translation"})
)
SELLING = GOODS | crud("events.venue") | view("commerce.orderline") | {"sellers.change_seller"}
SALES = view("commerce.order", "commerce.orderline")
MONEY = SALES | view("payments.payment", "payments.inboxmessage", "ledger.entry") | {"users.access_desk"}


@dataclass(frozen=True)
class Role:
    """A group. `pages` hold on the whole tree, `files` (images and documents) on all collections."""

    name: str
    duty: str
    permissions: frozenset[str]
    pages: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()


PAGES = frozenset({"add", "change", "publish", "bulk_delete", "lock", "unlock"})
FILES = frozenset({"add", "change", "delete", "choose"})

FINANCE = MONEY | view("audit.logentry")
SUPPORT = SALES | view("payments.payment") | crud("notifications.message", but=("add", "delete"))
RUNNING = (
    crud("users.user", "commerce.taxrate", "sellers.seller", but=("delete",))
    | crud("wagtailcore.site", "wagtailcore.locale", "wagtailcore.workflow", "wagtailcore.task")
    | crud("core.outboxevent", but=("add", "delete"))
)

ROLES = (
    Role("Editors", "keep every page, event, product, image and venue", ENTER | EDITING, PAGES, FILES),
    Role("Sellers", "keep their own pages, goods and files; see their own sales", ENTER | SELLING),
    Role("Finance", "follow the money: orders, payments, provider messages, ledger, log", ENTER | FINANCE),
    Role("Support", "help buyers: find orders and payments, send mails again", ENTER | SUPPORT),
    Role(
        "Admins",
        "all of the above; people, sellers, sites, taxes, what failed to be delivered",
        ENTER | EDITING | FINANCE | SUPPORT | RUNNING,
        PAGES,
        FILES,
    ),
)
