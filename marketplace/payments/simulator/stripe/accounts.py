"""/v1/accounts and /v1/account_links: connected accounts, worth nothing until their owner was at the page."""

from typing import Any

from marketplace.payments.simulator.state import Json

from .desk import Desk, new_id
from .errors import NotSimulated, ParamError, StripeError
from .lists import listed
from .objects import blank

# Where a self-serve platform can send money by transfers [stripe notes, section 2]: Kenya is not among them.
COUNTRIES = (
    "US", "GB", "CA", "CH", "AT", "BE", "BG", "HR", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR",
    "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "IS", "LI", "NO",
)  # fmt: skip
CURRENCIES = {"US": "usd", "GB": "gbp", "CA": "cad", "CH": "chf", "DK": "dkk", "SE": "sek", "NO": "nok", "PL": "pln"}
REFUSED = ("account_token", "documents", "external_account", "groups")
KEPT = ("business_profile", "business_type", "company", "email", "individual", "settings")
DUE = ("business_profile.url", "external_account", "individual.first_name", "tos_acceptance.date")
LINK_SECONDS = 300


def create(desk: Desk) -> Json:
    """POST /v1/accounts: in the `controller` form or the older `type` form."""
    data = desk.params
    refuse(data)
    if "type" in data and "controller" in data:
        raise ParamError("controller", "You may only specify one of these parameters: type, controller.")
    country = data.get("country", "US")
    if country not in COUNTRIES:
        raise ParamError("country", f"{country} is not currently supported by Stripe.", "country_unsupported")
    return opened(desk, country)


def opened(desk: Desk, country: str) -> Json:
    """Store an account of which everything is still asked."""
    data = desk.params
    wanted = {name: "inactive" for name, asked in (data.get("capabilities") or {}).items() if asked.get("requested")}
    account = blank(
        "account", id=desk.new_id("acct_", 16), created=desk.now(), country=country, capabilities=wanted,
        controller=controller(data), default_currency=data.get("default_currency") or CURRENCIES.get(country, "eur"),
        type=data.get("type", "express"), metadata=data.get("metadata") or {},
        requirements=requirements(DUE, "requirements.past_due"), future_requirements=requirements(()),
        tos_acceptance={"date": None, "ip": None, "user_agent": None, **data.get("tos_acceptance", {})},
        **{name: data[name] for name in KEPT if name in data},
    )  # fmt: skip
    return desk.save(account)


def refuse(data: Json) -> None:
    """Refuse what real Stripe could do with an account and this cannot."""
    for name in REFUSED:
        if name in data:
            raise NotSimulated(name, name)


def controller(data: Json) -> Json:
    """Return who bears what, as the API shows it."""
    asked: Json = data.get("controller") or {}
    return {
        "fees": asked.get("fees") or {"payer": "application"},
        "is_controller": True,
        "losses": asked.get("losses") or {"payments": "application"},
        "requirement_collection": asked.get("requirement_collection", "stripe"),
        "stripe_dashboard": asked.get("stripe_dashboard") or {"type": "express"},
        "type": "application",
    }


def requirements(due: Any, reason: str | None = None) -> Json:
    """Return what is still asked of an account."""
    empty: Json = {"alternatives": [], "current_deadline": None, "errors": [], "pending_verification": []}
    listed_ = {name: list(due) for name in ("currently_due", "eventually_due", "past_due")}
    return empty | listed_ | {"disabled_reason": reason}


def retrieve(desk: Desk) -> Json:
    """GET /v1/accounts/{id}."""
    return desk.get("account", desk.path["id"])


def index(desk: Desk) -> Json:
    """GET /v1/accounts."""
    return listed(desk, "/v1/accounts", desk.find("account"))


def update(desk: Desk) -> Json:
    """POST /v1/accounts/{id}."""
    refuse(desk.params)
    account = desk.get("account", desk.path["id"])
    account |= {name: desk.params[name] for name in KEPT if name in desk.params}
    if "metadata" in desk.params:
        account["metadata"] = (
            {**account["metadata"], **(desk.params["metadata"] or {})} if desk.params["metadata"] else {}
        )
    for name, asked in (desk.params.get("capabilities") or {}).items():
        active = "active" if account["details_submitted"] and account["payouts_enabled"] else "inactive"
        account["capabilities"][name] = active if asked.get("requested") else "inactive"
    return told(desk, account)


def told(desk: Desk, account: Json) -> Json:
    """Store a changed account and tell the platform, as an event of that account."""
    desk.save(account)
    Desk(desk.world, account["id"], desk.request_id, desk.idempotency_key).emit("account.updated", account, {})
    return account


def link(desk: Desk) -> Json:
    """POST /v1/account_links: an address of the hosted page, good once and for five minutes."""
    account = desk.get("account", desk.params["account"], "account")
    for name in ("refresh_url", "return_url"):
        if not desk.params.get(name, "").startswith(("http://", "https://")):
            raise ParamError(name, f"You must provide a valid {name}.", "parameter_missing")
    if desk.params["type"] == "account_update" and account["type"] != "custom":
        raise StripeError("You cannot create `account_update` type Account Links for this account.")
    token, until = new_id("", 20), desk.now() + LINK_SECONDS
    doc = {"id": token, "account": account["id"], "until": until, "used": False}
    desk.world.state.put("account_link", doc | {name: desk.params[name] for name in ("refresh_url", "return_url")})
    url = f"{desk.world.settings.base_url}/stripe/connect/{token}"
    return {"object": "account_link", "created": desk.now(), "expires_at": until, "url": url}


def login_link(desk: Desk) -> Json:
    """POST /v1/accounts/{id}/login_links: the way to the account's own dashboard."""
    account = desk.get("account", desk.path["id"])
    if not account["details_submitted"]:
        raise StripeError("Cannot create a login link for an account that has not completed onboarding.")
    url = f"{desk.world.settings.base_url}/stripe/connect/account/{account['id']}"
    return {"object": "login_link", "created": desk.now(), "url": url}
