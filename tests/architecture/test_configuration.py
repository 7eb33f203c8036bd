"""Configuration: the documented table is the code, and production says everything that is wrong at once."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.env import VARIABLES, ConfigurationError, read
from config.settings.parts.safety import refuse_unsafe

ROOT = Path(__file__).resolve().parents[2]

SAFE = {
    "SECRET_KEY": "k" * 60,
    "FIELD_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "LOOKUP_KEY": "l" * 40,
    "ALLOWED_HOSTS": "shop.example",
    "SITE_URL": "https://shop.example",
    "DATABASE_URL": "postgres://sokoni@db/sokoni",
    "REDIS_URL": "redis://redis/0",
    "EMAIL_URL": "smtp://mail.example:25",
    "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRETS": "whsec_x",
    "MPESA_CONSUMER_KEY": "x",
    "MPESA_CONSUMER_SECRET": "x",
    "MPESA_SHORTCODE": "600000",
    "MPESA_PASSKEY": "x",
}


def problems(**changes: str) -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        refuse_unsafe(read({**SAFE, **changes}), live=True)
    return refused.value.problems


def test_the_table_in_the_docs_is_the_code():
    rows = re.findall(
        r"^\| `([A-Z0-9_]+)` \| (\w+) \| (.*?) \| (.*?) \| (.*?) \|$",
        (ROOT / "docs/configuration.md").read_text(),
        re.MULTILINE,
    )
    shown = [(name, kind, default, required, meaning) for name, kind, default, required, meaning in rows]
    assert shown == [
        (v.name, v.kind, f"`{_typed(v.default)}`" if v.default not in ("", []) else "", "yes" if v.required else "",
         v.meaning)
        for v in VARIABLES
    ]  # fmt: skip


def _typed(default: object) -> str:
    """As one would write it in the environment."""
    return ",".join(default) if isinstance(default, list) else str(default)


def test_a_sound_environment_is_accepted():
    refuse_unsafe(read(SAFE), live=True)
    refuse_unsafe(read({**SAFE, "BANK_ACCOUNT_BIC": "kcbl ke nx"}), live=True)


def test_everything_missing_is_listed_at_once():
    with pytest.raises(ConfigurationError) as refused:
        refuse_unsafe(read({}), live=True)
    text = str(refused.value)
    assert all(v.name in text for v in VARIABLES if v.required and v.default in ("", []))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "short", "shorter than 50"),
        ("SECRET_KEY", "demo-only-" + "x" * 50, "published demo key"),
        ("FIELD_KEYS", "bm90LTMyLWJ5dGVz", "not 32 bytes"),
        ("FIELD_KEYS", "ZGVtby1vbmx5LWZpZWxkLWtleS0wMDAwMDAwMDAwMDA=", "published demo key"),
        ("SITE_URL", "http://shop.example", "https://"),
        ("ALLOWED_HOSTS", "*", "every host"),
        ("STRIPE_API_BASE", "http://127.0.0.1:8100/stripe", "STRIPE_API_BASE"),
        ("MPESA_BASE_URL", "http://localhost:8100/daraja", "MPESA_BASE_URL"),
        ("MPESA_BASE_URL", "https://sandbox.safaricom.co.ke", "sandbox"),
        ("STRIPE_SECRET_KEY", "sk_test_x", "test key"),
        ("DATABASE_URL", "sqlite:///x", "PostgreSQL"),
        ("MPESA_CONFIRM", "perhaps", "MPESA_CONFIRM"),
        ("BANK_ACCOUNT_BIC", "KCB Nairobi", "BANK_ACCOUNT_BIC"),
    ],
)
def test_one_unsafe_value_is_named(name, value, said):
    found = problems(**{name: value})
    assert len(found) == 1
    assert said in found[0]


def test_malformed_numbers_are_all_named():
    with pytest.raises(ConfigurationError) as refused:
        read({"HOLD_MINUTES": "soon", "DATABASE_POOL": "many"})
    assert len(refused.value.problems) == 2


def test_production_does_not_start_on_an_empty_environment():
    code = "import config.settings.production"
    environment = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME")}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "site")])
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode != 0
    assert "SECRET_KEY is not set" in done.stderr
    assert "MPESA_PASSKEY is not set" in done.stderr
