"""What production refuses to start with. Every problem is listed at once."""

import re
from base64 import urlsafe_b64decode
from typing import Any
from urllib.parse import urlsplit

from config.env import VARIABLES, ConfigurationError

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
"""ISO 9362, as bank files may hold it."""


def refuse_unsafe(values: dict[str, Any], *, live: bool) -> None:
    """Raise `ConfigurationError` with every missing or unsafe value. `live` also demands live provider keys."""
    problems = [f"{v.name} is not set: {v.meaning}" for v in VARIABLES if v.required and values[v.name] in ("", [])]
    problems += _keys(values) + _addresses(values) + _bank(values)
    if live:
        problems += _live(values)
    if problems:
        raise ConfigurationError(problems)


def _keys(values: dict[str, Any]) -> list[str]:
    found = []
    if values["SECRET_KEY"] and len(values["SECRET_KEY"]) < 50:
        found.append("SECRET_KEY is shorter than 50 characters")
    if "demo-only" in values["SECRET_KEY"] or "demo-only" in values["LOOKUP_KEY"]:
        found.append("SECRET_KEY or LOOKUP_KEY is the published demo key")
    if values["LOOKUP_KEY"] and len(values["LOOKUP_KEY"]) < 32:
        found.append("LOOKUP_KEY is shorter than 32 characters")
    found += [f"FIELD_KEYS: {problem}" for key in values["FIELD_KEYS"] if (problem := _field_key_problem(key))]
    return found


def _field_key_problem(key: str) -> str | None:
    try:
        raw = urlsafe_b64decode(key)
    except ValueError:
        return "a key is not url-safe base64"
    if b"demo-only" in raw:
        return "a key is the published demo key"
    return None if len(raw) == 32 else "a key is not 32 bytes long"


def _addresses(values: dict[str, Any]) -> list[str]:
    found = []
    if not values["SITE_URL"].startswith("https://"):
        found.append("SITE_URL does not start with https://")
    if "*" in values["ALLOWED_HOSTS"]:
        found.append("ALLOWED_HOSTS admits every host")
    for name in ("STRIPE_API_BASE", "MPESA_BASE_URL"):
        address = urlsplit(values[name])
        if address.scheme != "https" or address.hostname in LOOPBACK:
            found.append(f"{name} is not an https address of the provider (simulators are for development)")
    if values["DATABASE_URL"] and not values["DATABASE_URL"].startswith(("postgres://", "postgresql://")):
        found.append("DATABASE_URL is not a PostgreSQL address")
    if values["MPESA_CONFIRM"] not in ("never", "high_value", "always"):
        found.append("MPESA_CONFIRM is none of never, high_value, always")
    if values["MPESA_INITIATOR"]:
        needed = ("MPESA_INITIATOR_PASSWORD", "MPESA_CERTIFICATE")
        found += [f"{name} is not set, and MPESA_INITIATOR is" for name in needed if not values[name]]
    if "simulator" in values["MPESA_CERTIFICATE"] + values["MPESA_INITIATOR_PASSWORD"]:
        found.append("MPESA_CERTIFICATE or MPESA_INITIATOR_PASSWORD is the simulator's")
    return found


def _bank(values: dict[str, Any]) -> list[str]:
    bic = "".join(values["BANK_ACCOUNT_BIC"].split()).upper()
    return [] if not bic or BIC.fullmatch(bic) else ["BANK_ACCOUNT_BIC is no BIC: the bank would refuse every file"]


def _live(values: dict[str, Any]) -> list[str]:
    found = []
    if values["STRIPE_SECRET_KEY"].startswith(("sk_test_", "rk_test_")):
        found.append("STRIPE_SECRET_KEY is a test key")
    if "sandbox" in values["MPESA_BASE_URL"]:
        found.append("MPESA_BASE_URL is the sandbox")
    return found
