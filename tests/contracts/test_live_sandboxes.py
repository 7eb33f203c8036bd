"""The same beginning and end of a payment in the providers' own test modes. Runs when keys are given, says so if not.

Stripe: SANDBOX_STRIPE_KEY=sk_test_... Daraja: SANDBOX_MPESA_CONSUMER_KEY and _SECRET, and a SANDBOX_CALLBACK_BASE which
is public https (Daraja checks its form only). The sandbox's shortcode, passkey and test number are public.
"""

import os

import pytest
from django.conf import LazySettings

from marketplace.core.money import Money
from marketplace.payments.models import Payment
from marketplace.payments.services import ClientDetails, close_payment, settle_payment, start_payment

pytestmark = pytest.mark.live
SHORTCODE = "174379"
PASSKEY = "bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919"
TEST_NUMBER = "+254708374149"


def given(*names: str) -> list[str]:
    """The values of these variables; the test is skipped, and says why, when one is missing."""
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        pytest.skip(f"no keys of the provider's sandbox: set {', '.join(missing)}")
    return [os.environ[name] for name in names]


def start(provider: str, amount: Money) -> Payment:
    return start_payment(
        reference="SANDBOX1", amount=amount, provider=provider, description="Sandbox check",
        client=ClientDetails(phone=TEST_NUMBER), return_url="https://example.com/return/",
        cancel_url="https://example.com/cancel/",
    )  # fmt: skip


def test_stripe(committed_db: str, settings: LazySettings) -> None:
    [key] = given("SANDBOX_STRIPE_KEY")
    assert key.startswith(("sk_test_", "rk_test_")), "never with live keys"
    settings.STRIPE = {"secret_key": key, "webhook_secrets": [], "api_base": "https://api.stripe.com"}
    payment = start("stripe", Money(150_000, "KES"))
    assert (payment.status, payment.next_url[:8]) == ("pending", "https://")
    assert settle_payment(payment_id=payment.pk, source="query").status == "pending"
    assert close_payment(payment_id=payment.pk, source="operator").status == "expired"


def test_daraja(committed_db: str, settings: LazySettings) -> None:
    key, secret, base = given(
        "SANDBOX_MPESA_CONSUMER_KEY", "SANDBOX_MPESA_CONSUMER_SECRET", "SANDBOX_CALLBACK_BASE"
    )  # fmt: skip
    settings.SITE_URL = base.rstrip("/")
    settings.MPESA = {
        **settings.MPESA, "base_url": "https://sandbox.safaricom.co.ke", "consumer_key": key, "consumer_secret": secret,
        "shortcode": SHORTCODE, "party_b": SHORTCODE, "passkey": PASSKEY,
    }  # fmt: skip
    payment = start("mpesa", Money(100, "KES"))
    assert payment.status == "pending"
    assert payment.external_id
    assert payment.external_id.startswith("ws_CO_")
    asked = settle_payment(payment_id=payment.pk, source="query")
    assert asked.status in ("pending", "failed"), "nobody enters a PIN there"
