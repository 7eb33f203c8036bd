"""Stripe Checkout: the buyer pays on Stripe's page. A repeated request carries the same key and is the same request."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import stripe
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core.money import Money
from marketplace.payments import conf
from marketplace.payments.errors import AmountNotPayable
from marketplace.payments.models import Payment, Refund
from marketplace.payments.providers.base import (
    ClientDetails,
    Notice,
    Outcome,
    RefundOutcome,
    Refused,
    Silent,
    Started,
    Unavailable,
    Verdict,
)
from marketplace.payments.providers.stripe import amounts, codes, outcomes, refunds, webhook
from marketplace.payments.providers.stripe.client import calling, client
from marketplace.payments.providers.wire import read_json

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

WHOLE_STORY = {"expand": ["payment_intent.latest_charge.balance_transaction"]}


class StripeProvider:
    """Cards through Checkout Sessions."""

    slug = "stripe"
    label: str | Promise = _("Card")
    deadline_seconds = 35 * 60
    """Sessions live at least 30 minutes from the moment they are made; the rest is room for a repeated request."""
    check_seconds = (45, 120, 300, 600, 1200, 1800)
    """Webhooks do the work; these find what they lost."""
    query_pause_seconds = 0
    repeat_after_seconds = 0

    def currencies(self) -> frozenset[str]:
        return frozenset(amounts.SMALLEST)

    def configured(self) -> bool:
        return bool(conf.stripe().secret_key)

    def limits(self, currency: str) -> tuple[int, int]:
        return (amounts.SMALLEST[currency], amounts.largest(currency)) if currency in amounts.SMALLEST else (0, 0)

    def check(self, amount: Money) -> None:
        if not amounts.is_payable(amount):
            raise AmountNotPayable

    def prepare(self, client: ClientDetails) -> ClientDetails:
        return client

    def start(self, payment: Payment, *, return_url: str, cancel_url: str) -> Started:
        """Create the session, or get the same one again."""
        params = _session_params(payment, return_url, cancel_url)
        session = calling(
            "session_create",
            lambda: client().v1.checkout.sessions.create(params, {"idempotency_key": payment.idempotency_key}),
        )
        return Started(external_id=session.id, next_url=session.url or "", answer=session.to_dict(for_json=True))

    def query(self, payment: Payment) -> Outcome:
        """Read the session. When the answer to its making was lost, make it again: the key yields the same one."""
        return self._outcome(payment, self._retrieve)

    def expire(self, payment: Payment) -> Outcome:
        """Expire the session; one that was paid meanwhile cannot be expired and says so."""
        return self._outcome(payment, self._expire)

    def _outcome(self, payment: Payment, about: Callable[[str], stripe.checkout.Session]) -> Outcome:
        try:
            session_id = payment.external_id
            if not session_id:
                started = self.start(payment, return_url=payment.return_url, cancel_url=payment.cancel_url)
                session_id = started.external_id
            return outcomes.of_session(calling("session_read", lambda: about(session_id)))
        except Unavailable as error:
            return Outcome("unknown", code=error.code, again=True, answer=error.answer)
        except Refused as error:
            return _never_made(payment, error)
        except Silent as error:
            return Outcome("unknown", code="no_answer", again=True, answer=error.answer)

    def _retrieve(self, session_id: str) -> stripe.checkout.Session:
        return client().v1.checkout.sessions.retrieve(session_id, {"expand": WHOLE_STORY["expand"]})

    def _expire(self, session_id: str) -> stripe.checkout.Session:
        # Refused when it is not open any more: complete or expired, which the retrieval tells.
        with suppress(stripe.InvalidRequestError):
            client().v1.checkout.sessions.expire(session_id)
        return self._retrieve(session_id)

    def refund(self, refund: Refund) -> RefundOutcome:
        return refunds.create(refund)

    def query_refund(self, refund: Refund) -> RefundOutcome:
        return refunds.query(refund)

    def admit(self, *, body: bytes, headers: Mapping[str, str], remote_ip: str) -> None:
        webhook.verify(body, headers)

    def read(self, *, body: bytes, payment: Payment | None) -> Notice:
        return webhook.read(read_json(body))

    def verdict(self, notice: Notice, payment: Payment) -> Verdict:
        """The signature vouches for the sender; what happened is asked all the same, as events come in any order."""
        other = payment.external_id and notice.external_id and payment.external_id != notice.external_id
        return Verdict(forged="session_id" if other else "", ask=True)

    def explain(self, code: str) -> str | Promise:
        return codes.TEXTS.get(code, "")


def _session_params(payment: Payment, return_url: str, cancel_url: str) -> "SessionCreateParams":
    """Everything derives from the committed intent, so that a repeat under the same key has the same body."""
    names = {"payment_id": str(payment.pk), "reference": payment.reference, "attempt": str(payment.attempt)}
    params: SessionCreateParams = {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": payment.currency.lower(),
                    "unit_amount": amounts.to_stripe(payment.amount),
                    "product_data": {"name": payment.description or payment.reference},
                },
            }
        ],
        "allowed_payment_method_types": ["card"],
        "success_url": return_url,
        "cancel_url": cancel_url,
        "client_reference_id": str(payment.pk),
        "metadata": names,
        "payment_intent_data": {"metadata": names, "description": payment.description or payment.reference},
        "expires_at": int(payment.deadline.timestamp()),
    }
    if payment.client.email:
        params["customer_email"] = payment.client.email
    return params


def _never_made(payment: Payment, error: Refused) -> Outcome:
    """A repeated creation was refused: no session exists under its key, so nothing can be paid any more.

    A refusal to show a session that exists tells nothing.
    """
    if payment.external_id:
        return Outcome("unknown", code=error.code, again=True, answer=error.answer)
    return Outcome("failed", code="never_started", text=error.text, answer=error.answer)
