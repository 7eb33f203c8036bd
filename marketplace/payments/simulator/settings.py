"""How the simulator is started: command line first, then SIMULATOR_* variables, then defaults."""

import argparse
import ipaddress
import os
import secrets
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# What the development settings of the site use too. None of these is a secret.
SHORTCODE = "174379"
B2C_SHORTCODE = "600992"
INITIATOR = "testapi"
INITIATOR_PASSWORD = "simulator-initiator-password"  # noqa: S105
PASSKEY = "simulator-passkey"
CONSUMER_KEY = "simulator-consumer-key"
CONSUMER_SECRET = "simulator-consumer-secret"  # noqa: S105
STRIPE_KEY = "sk_test_simulator"
WEBHOOK_SECRET = "whsec_simulator"  # noqa: S105

EPILOG = f"""demo credentials:
  Stripe    any key that starts with sk_test_ (for instance {STRIPE_KEY}), webhook secret {WEBHOOK_SECRET}
            StripeClient(key, base_addresses={{"api": "http://127.0.0.1:8100/stripe"}})
  Daraja    MPESA_BASE_URL=http://127.0.0.1:8100/daraja
            consumer key {CONSUMER_KEY}, consumer secret {CONSUMER_SECRET}
            shortcode {SHORTCODE}, passkey {PASSKEY}
            B2C shortcode {B2C_SHORTCODE}, initiator {INITIATOR}, password {INITIATOR_PASSWORD}
            certificate: GET /_sim/certificate, or daraja/certificate.pem beside the program
Every option can be given as SIMULATOR_<OPTION>, for instance SIMULATOR_PORT or SIMULATOR_WEBHOOK_URL.
"""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a start needs to know; `webhook_url` empty means events are kept but not sent."""

    host: str
    port: int
    state: Path
    past: str
    keeps_state: bool
    webhook_url: str
    webhook_secret: str
    public_url: str
    merchant: str
    shortcode: str
    passkey: str
    b2c_shortcode: str
    initiator: str
    initiator_password: str
    consumer_key: str
    consumer_secret: str
    test_control: bool

    @property
    def base_url(self) -> str:
        """Where browsers and clients reach this simulator, without a trailing slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"


def parser(env: Mapping[str, str]) -> argparse.ArgumentParser:
    """Build the command line, with the environment's values as defaults."""

    def given(name: str, default: str) -> str:
        return env.get(f"SIMULATOR_{name}", default)

    make = argparse.ArgumentParser(
        prog="python -m marketplace.payments.simulator",
        description="Simulates Stripe and Safaricom Daraja on loopback.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    make.add_argument("--host", default=given("HOST", "127.0.0.1"), help="a loopback address, nothing else")
    make.add_argument("--port", type=int, default=given("PORT", "8100"), help="0 picks a free port")
    make.add_argument("--state", default=given("STATE", ""), help="SQLite file that survives a restart")
    make.add_argument("--past", default=given("PAST", ""), help="JSON file with what happened before (see _sim/past)")
    make.add_argument("--webhook-url", default=given("WEBHOOK_URL", ""), help="the site's Stripe webhook")
    make.add_argument("--webhook-secret", default=given("WEBHOOK_SECRET", WEBHOOK_SECRET))
    make.add_argument("--public-url", default=given("PUBLIC_URL", ""), help="base of session.url behind a forward")
    make.add_argument("--merchant", default=given("MERCHANT", "SOKONI"), help="the name a phone shows")
    make.add_argument("--shortcode", default=given("SHORTCODE", SHORTCODE))
    make.add_argument("--passkey", default=given("PASSKEY", PASSKEY))
    make.add_argument("--b2c-shortcode", default=given("B2C_SHORTCODE", B2C_SHORTCODE))
    make.add_argument("--initiator", default=given("INITIATOR", INITIATOR))
    make.add_argument("--initiator-password", default=given("INITIATOR_PASSWORD", INITIATOR_PASSWORD))
    make.add_argument("--consumer-key", default=given("CONSUMER_KEY", CONSUMER_KEY))
    make.add_argument("--consumer-secret", default=given("CONSUMER_SECRET", CONSUMER_SECRET))
    control = given("TEST_CONTROL", "").lower() in {"1", "true", "yes"}
    make.add_argument("--test-control", action="store_true", default=control, help="let POST /_sim/... change things")
    return make


def read(argv: Sequence[str] | None = None, env: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; a host that is not loopback, or a bad port, ends the program with exit code 2."""
    make = parser(env)
    found = make.parse_args(argv)
    if not is_loopback(found.host):
        make.error(f"the simulator takes payments from nobody: it binds loopback only, not {found.host!r}")
    if not 0 <= found.port <= 65535:
        make.error(f"--port must be between 0 and 65535, not {found.port}")
    found.host = "127.0.0.1" if found.host == "localhost" else found.host
    passing = Path(tempfile.gettempdir()) / f"payment-simulator-{secrets.token_hex(8)}" / "state.sqlite3"
    state = Path(found.state) if found.state else passing
    return Settings(**{**vars(found), "state": state, "keeps_state": bool(found.state)})


def is_loopback(host: str) -> bool:
    """Say whether a host name or address can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
