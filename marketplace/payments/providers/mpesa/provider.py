"""M-Pesa in Kenya: a prompt on the buyer's phone (STK push), never repeated by itself: a push is not idempotent."""

import hashlib
import re
from collections.abc import Mapping
from secrets import compare_digest

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core.money import Money
from marketplace.payments import conf
from marketplace.payments.errors import AddressNotAllowed, AmountNotPayable, Malformed
from marketplace.payments.measure import measured
from marketplace.payments.models import Payment, Refund
from marketplace.payments.providers.base import (
    ClientDetails,
    Notice,
    Outcome,
    RefundOutcome,
    Silent,
    Started,
    Unavailable,
    Verdict,
)
from marketplace.payments.providers.mpesa import codes, outcomes, parse, phone, reversal
from marketplace.payments.providers.mpesa.client import Daraja

NEVER_ACKNOWLEDGED = "never_acknowledged"
"""The push got no answer, so there is no id to ask about; only its callback can tell."""


class MpesaProvider:
    """Safaricom Daraja, M-Pesa Express."""

    slug = "mpesa"
    label: str | Promise = _("M-Pesa")
    deadline_seconds = 180
    """A prompt lives about 60 seconds, up to three minutes on some handsets."""
    check_seconds = (10, 20, 40, 60, 90, 120, 150)
    query_pause_seconds = 5
    repeat_after_seconds = 120
    """Daraja's rule 17: the same amount from the same customer within two minutes is refused."""

    def currencies(self) -> frozenset[str]:
        return frozenset({"KES"})

    def configured(self) -> bool:
        keys = conf.mpesa()
        return bool(keys.consumer_key and keys.consumer_secret and keys.passkey)

    def limits(self, currency: str) -> tuple[int, int]:
        return (100, 25_000_000) if currency == "KES" else (0, 0)

    def check(self, amount: Money) -> None:
        if amount.minor % 100:
            raise AmountNotPayable(_("M-Pesa takes whole shillings only."))

    def prepare(self, client: ClientDetails) -> ClientDetails:
        """A phone that can be rung."""
        number = phone.kenyan_mobile(client.phone)
        return ClientDetails(phone=number, email=client.email, ip=client.ip, user_agent=client.user_agent)

    def start(self, payment: Payment, *, return_url: str, cancel_url: str) -> Started:
        """Send the prompt. "Accepted" is all that comes back."""
        daraja = Daraja(conf.mpesa())
        number = phone.msisdn(payment.client.phone)
        address = reverse("payments:stk", args=[payment.callback_token])
        body = daraja.signed() | {
            "TransactionType": daraja.settings.transaction_type,
            "Amount": str(payment.amount_minor // 100),
            "PartyA": number,
            "PartyB": daraja.settings.party_b,
            "PhoneNumber": number,
            "CallBackURL": f"{conf.site_url()}{address}",
            "AccountReference": _plain(payment.reference, 12),
            "TransactionDesc": _plain(payment.description, 13),
        }
        with measured(self.slug, "stk_push"):
            answer = daraja.call("/mpesa/stkpush/v1/processrequest", body)
            if answer.status != 200 or str(answer.body.get("ResponseCode")) != "0":
                raise outcomes.refusal(answer)
        return Started(
            external_id=str(answer.body.get("CheckoutRequestID", ""))[:120],
            external_ref=str(answer.body.get("MerchantRequestID", ""))[:120],
            answer=answer.told,
        )

    def query(self, payment: Payment) -> Outcome:
        """Ask about the prompt. Without its id there is nothing to ask about."""
        if not payment.external_id:
            return Outcome("unknown", code=NEVER_ACKNOWLEDGED)
        daraja = Daraja(conf.mpesa())
        try:
            body = daraja.signed() | {"CheckoutRequestID": payment.external_id}
            with measured(self.slug, "stk_query"):
                answer = daraja.call("/mpesa/stkpushquery/v1/query", body)
            return outcomes.of_query(answer)
        except Unavailable as error:
            return Outcome("unknown", code=error.code, again=True, answer={"why": error.text, **error.answer})
        except Silent as error:
            return Outcome("unknown", code="no_answer", again=True, answer=error.answer)

    def expire(self, payment: Payment) -> Outcome:
        """A prompt cannot be taken back: it ends by itself, and the query then says how."""
        return self.query(payment)

    def refund(self, refund: Refund) -> RefundOutcome:
        return reversal.create(refund)

    def query_refund(self, refund: Refund) -> RefundOutcome:
        return reversal.query(refund)

    def admit(self, *, body: bytes, headers: Mapping[str, str], remote_ip: str) -> None:
        """Callbacks are unsigned: beside their secret URL, the address they come from is all there is to check."""
        allowed = conf.mpesa().callback_ips
        if allowed and remote_ip not in allowed:
            raise AddressNotAllowed

    def read(self, *, body: bytes, payment: Payment | None) -> Notice:
        if payment is None:
            raise Malformed
        callback = parse.stk_callback(body)
        return Notice(
            event_id=f"{payment.pk}:{hashlib.sha256(body).hexdigest()}",
            kind=f"stk.{callback.code}"[:80],
            payment_id=str(payment.pk),
            external_id=callback.checkout_request_id,
            external_ref=callback.merchant_request_id,
            claim=outcomes.of_callback(callback),
        )

    def verdict(self, notice: Notice, payment: Payment) -> Verdict:
        """Ids and amount must fit exactly. A success is then asked after, by policy; a failure is taken at its word."""
        claim = notice.claim or Outcome("unknown")
        if payment.external_id and not compare_digest(payment.external_id.encode(), notice.external_id.encode()):
            return Verdict(forged="checkout_request_id")
        if payment.external_ref and not compare_digest(payment.external_ref.encode(), notice.external_ref.encode()):
            return Verdict(forged="merchant_request_id")
        if claim.amount is not None and claim.amount != payment.amount:
            return Verdict(forged="amount")
        return Verdict(ask=claim.state == "unknown" or (claim.state == "paid" and self._asks(claim, payment)))

    def _asks(self, claim: Outcome, payment: Payment) -> bool:
        policy = conf.mpesa()
        if claim.amount is None or policy.confirm == "always":
            return True
        return policy.confirm == "high_value" and payment.amount_minor >= policy.confirm_above_minor

    def explain(self, code: str) -> str | Promise:
        meaning = codes.FAILURES.get(code)
        return meaning.text if meaning else ""


def _plain(text: str, most: int) -> str:
    """Letters, digits and spaces in ASCII: Daraja drops prompts silently over others. Never empty."""
    return re.sub(r"[^A-Za-z0-9 ]", "", text).strip()[:most].strip() or "Order"
