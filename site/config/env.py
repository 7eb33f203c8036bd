"""Typed reading of the environment: every variable the site knows, its type, its default and what it is for.

One declaration per variable; `docs/configuration.md` is compared with `VARIABLES` by a test. `read()` collects every
missing or malformed value and raises them all at once, so that an operator mends a deployment in one round.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environs import Env, EnvError, EnvValidationError

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("SOKONI_VAR") or ROOT / "var")
"""Everything the site writes when no service is configured: database, media, mails, broker files."""


class ConfigurationError(Exception):
    """The environment is incomplete or unsafe. Lists every problem, not just the first."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("The configuration is not usable:\n" + "\n".join(f"  - {p}" for p in problems))


@dataclass(frozen=True)
class Variable:
    """One environment variable. `kind` names the reader: str, int, bool, list."""

    name: str
    kind: str
    default: Any
    meaning: str
    required: bool = False
    """Production refuses to start without it."""


VARIABLES: tuple[Variable, ...] = (
    Variable("SECRET_KEY", "str", "", "Django's signing key, at least 50 random characters", required=True),
    Variable(
        "FIELD_KEYS",
        "list",
        [],
        "keys that encrypt secrets at rest, newest first (32 url-safe base64 bytes each)",
        required=True,
    ),
    Variable(
        "LOOKUP_KEY", "str", "", "key of the keyed hashes by which secrets are found; never change it", required=True
    ),
    Variable("ALLOWED_HOSTS", "list", [], "host names the site answers to", required=True),
    Variable(
        "SITE_URL",
        "str",
        "http://localhost:8000",
        "the public address, used in mails and provider callbacks",
        required=True,
    ),
    Variable("TRUSTED_PROXIES", "int", 0, "how many proxies of ours append to X-Forwarded-For"),
    Variable("DATABASE_URL", "str", "", "postgres://... in production; empty: SQLite under var/", required=True),
    Variable("DATABASE_POOL", "int", 8, "PostgreSQL connections kept per process"),
    Variable("REDIS_URL", "str", "", "broker and cache; empty: a broker of files under var/", required=True),
    Variable(
        "EMAIL_URL", "str", "", "smtp+tls://user:password@host:587; empty: mails are written to var/mail", required=True
    ),
    Variable("EMAIL_FROM", "str", "Sokoni <tickets@sokoni.example>", "sender of every mail"),
    Variable("ALERT_EMAILS", "list", [], "who is told by mail when something needs a person"),
    Variable("ALERT_WEBHOOK", "str", "", "https address that alerts are posted to as JSON; empty: nowhere"),
    Variable("ALERT_WEBHOOK_SECRET", "str", "", "key of the HMAC-SHA256 signature on what is posted there"),
    Variable("STRIPE_SECRET_KEY", "str", "", "sk_live_... or sk_test_...", required=True),
    Variable(
        "STRIPE_WEBHOOK_SECRETS", "list", [], "whsec_... of the endpoint; two while one is being rolled", required=True
    ),
    Variable(
        "STRIPE_API_BASE",
        "str",
        "https://api.stripe.com",
        "address of the Stripe API; the simulator's only in development",
    ),
    Variable("MPESA_CONSUMER_KEY", "str", "", "Daraja app key", required=True),
    Variable("MPESA_CONSUMER_SECRET", "str", "", "Daraja app secret", required=True),
    Variable("MPESA_SHORTCODE", "str", "174379", "the paybill, or the head office number of a till", required=True),
    Variable("MPESA_PARTY_B", "str", "", "the till number when it differs from the short code"),
    Variable(
        "MPESA_TRANSACTION_TYPE", "str", "CustomerPayBillOnline", "CustomerPayBillOnline or CustomerBuyGoodsOnline"
    ),
    Variable("MPESA_PASSKEY", "str", "", "the passkey of the short code", required=True),
    Variable(
        "MPESA_BASE_URL",
        "str",
        "https://api.safaricom.co.ke",
        "address of the Daraja API; the simulator's only in development",
    ),
    Variable("MPESA_CALLBACK_IPS", "list", [], "addresses callbacks may come from; empty: any"),
    Variable("MPESA_CONFIRM", "str", "always", "ask Daraja before believing a callback: never, high_value or always"),
    Variable("MPESA_CONFIRM_ABOVE", "int", 500000, "with high_value: from this amount on, in cents"),
    Variable(
        "MPESA_INITIATOR", "str", "", "name of the API operator that sends, reverses and asks; empty: none of that"
    ),
    Variable("MPESA_INITIATOR_PASSWORD", "str", "", "the API operator's password"),
    Variable("MPESA_CERTIFICATE", "str", "", "Daraja's certificate for that password: PEM, or the path of a PEM file"),
    Variable("MPESA_B2C_SHORTCODE", "str", "", "the short code money is sent from; empty: MPESA_SHORTCODE"),
    Variable("MPESA_FLOAT_LOW", "int", 0, "alert when less than this can be sent, in cents; 0: never"),
    Variable(
        "PAYBILL_UNKNOWN",
        "str",
        "accept",
        "paybill money whose reference names no order: accept (a person looks) or reject",
    ),
    Variable("BANK_ACCOUNT_NAME", "str", "Sokoni", "holder of the account that bank files are paid from"),
    Variable("BANK_ACCOUNT", "str", "", "that account's IBAN or number"),
    Variable("BANK_ACCOUNT_BIC", "str", "", "BIC of its bank"),
    Variable(
        "RISK_HOLD_SCORE", "int", 0, "from this score on a paid order waits for a person before goods go out; 0: never"
    ),
    Variable("PLATFORM_COUNTRY", "str", "KE", "where the marketplace pays tax: its law says what payouts withhold"),
    Variable("PLATFORM_NAME", "str", "", "name in law and address, as commission invoices show it; empty: the site's"),
    Variable("PLATFORM_TAX_NUMBER", "str", "", "the marketplace's tax number, on commission invoices"),
    Variable(
        "PAYOUT_SECOND_APPROVAL",
        "list",
        ["KES:50000000", "USD:500000"],
        "payouts from this many minor units on need two people; a currency not named always does",
    ),
    Variable("PAYOUT_COOL_OFF_HOURS", "int", 48, "how long a new payout destination waits before money goes there"),
    Variable(
        "PAYOUT_WITHHOLDING_BASE",
        "str",
        "earnings",
        "what tax is withheld from: earnings (what is paid out) or sales (and our commission on it)",
    ),
    Variable("S3_BUCKET", "str", "", "bucket for media; empty: files under var/media"),
    Variable("S3_PRIVATE_BUCKET", "str", "", "bucket for product files; empty: files under var/private"),
    Variable("S3_ENDPOINT", "str", "", "address of an S3-compatible store"),
    Variable("S3_REGION", "str", "", "region of the buckets"),
    Variable("S3_ACCESS_KEY", "str", "", "access key"),
    Variable("S3_SECRET_KEY", "str", "", "secret key"),
    Variable(
        "MFA_REQUIRED_ROLES",
        "list",
        ["Finance", "Admins"],
        "roles that enter the admin with a second step only, superusers with them; empty: nobody has to",
    ),
    Variable("HOLD_MINUTES", "int", 15, "how long a cart holds stock, in minutes"),
    Variable("SOKONI_VAR", "str", "", "folder for everything written without services; default var/ in the checkout"),
    Variable("LOG_LEVEL", "str", "INFO", "threshold of the log on standard output"),
)


def read(environ: Mapping[str, str] | None = None, *, defaults: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Read every variable, typed. Raises `ConfigurationError` naming each one that is malformed."""
    env = Env(eager=False) if environ is None else _from(environ)
    values: dict[str, Any] = {}
    for variable in VARIABLES:
        default = (defaults or {}).get(variable.name, variable.default)
        reader = getattr(env, variable.kind)
        options = {"strip": True} if variable.kind == "list" else {}
        values[variable.name] = reader(variable.name, default, **options)
    try:
        env.seal()
    except (EnvValidationError, EnvError) as error:
        messages = getattr(error, "error_messages", None) or {"environment": [str(error)]}
        raise ConfigurationError([f"{name}: {' '.join(texts)}" for name, texts in messages.items()]) from error
    return values


def _from(environ: Mapping[str, str]) -> Env:
    class Given(Env):
        def _get_value(self, env_key: str, default: Any) -> Any:
            return environ.get(env_key, default)

    return Given(eager=False)
