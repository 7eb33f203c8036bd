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
SELLING = (
    GOODS
    | crud("events.venue")
    | view("commerce.orderline")
    | {"sellers.change_seller", "commerce.change_orderline", "commerce.add_bulkrefund"}
)
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

PAYING = view(
    "payouts.payout", "payouts.payoutrun", "payouts.verification", "payouts.destination", "payouts.commissioninvoice",
    "payouts.terms", "payouts.levyrate",
) | {"payouts.change_payout", "payouts.add_payoutrun", "payouts.change_verification"}  # fmt: skip
GIVING_BACK = view(
    "payments.refund", "payments.dispute", "payments.paybillreceipt", "commerce.orderreview", "commerce.orderhold",
    "commerce.orderrefund",
) | {"payments.change_payment", "commerce.add_orderrefund"}  # fmt: skip
"""See where money stands, ask the provider, and refund what a buyer was promised: nothing beyond it."""
DECIDING = (
    GIVING_BACK
    | view("payments.break", "payments.reconciliationrun", "payments.statementline", "payments.providercall")
    | {
        "payments.change_refund", "payments.change_dispute", "payments.change_paybillreceipt", "payments.change_break",
        "payments.add_reconciliationrun", "commerce.change_orderreview", "commerce.change_orderhold",
        "commerce.change_orderrefund", "commerce.view_bulkrefund", "commerce.add_bulkrefund",
    }
)  # fmt: skip
"""Decide about refunds beyond the promise, failed ones, disputes, nobody's money, held orders and differences."""
FINANCE = (
    MONEY
    | PAYING
    | DECIDING
    | view("audit.logentry", "ledger.proofrun", "notifications.alert")
    | {"ledger.prove_proofrun", "notifications.change_alert"}
)
SUPPORT = SALES | GIVING_BACK | view("payments.payment") | crud("notifications.message", but=("add", "delete"))
RUNNING = (
    crud("users.user", "commerce.taxrate", "sellers.seller", but=("delete",))
    | crud("wagtailcore.site", "wagtailcore.locale", "wagtailcore.workflow", "wagtailcore.task")
    | crud("core.outboxevent", but=("add", "delete"))
    | {"payouts.add_terms", "payouts.add_levyrate"}
)

ROLES = (
    Role("Editors", "keep every page, event, product, image and venue", ENTER | EDITING, PAGES, FILES),
    Role("Sellers", "keep their own pages, goods and files; see their own sales and money", ENTER | SELLING),
    Role(
        "Finance",
        "follow the money and decide about it: payments, refunds, disputes, differences, payouts, sellers; ledger, log",
        ENTER | FINANCE,
    ),
    Role(
        "Support",
        "help buyers: find orders and payments, ask for refunds as promised, send mails again",
        ENTER | SUPPORT,
    ),
    Role(
        "Admins",
        "all of the above; people, sellers, sites, taxes, what failed to be delivered",
        ENTER | EDITING | FINANCE | SUPPORT | RUNNING,
        PAGES,
        FILES,
    ),
)
