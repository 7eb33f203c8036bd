"""Begin to collect: check, write the intent and commit, ask the provider, record its answer."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction

from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.payments.errors import (
    AlreadyPaid,
    AmountNotPayable,
    CoolDown,
    PaymentInProgress,
    PaymentInReview,
    PaymentRefused,
    ProviderUnavailable,
)
from marketplace.payments.models import Payment, PaymentClient
from marketplace.payments.providers import provider as find_provider
from marketplace.payments.providers.base import (
    ClientDetails,
    Outcome,
    PaymentProvider,
    Refused,
    Silent,
    Started,
    Unavailable,
    outside_transaction,
)
from marketplace.payments.services import move
from marketplace.payments.services.plan import STARTING_SECONDS, next_check
from marketplace.payments.services.record_outcome import claim_unique
from marketplace.payments.services.story import tell

Status = Payment.Status
CHECKOUT = "checkout"


def start_payment(
    *, reference: str, amount: Money, provider: str, description: str, client: ClientDetails, return_url: str,
    cancel_url: str,
) -> Payment:  # fmt: skip
    """Start one attempt to collect `amount` for `reference`; the buyer goes on at `payment.next_url`, or on the phone.

    Refusals before anything is written: `provider_unknown`, `amount_not_payable`, `phone_invalid`, `cool_down`,
    `payment_in_progress`, `payment_in_review`, `already_paid`. After it: `provider_unavailable` and `payment_refused`,
    and only when the provider certainly took nothing. When nobody can tell (a timeout), the payment is returned live.
    """
    outside_transaction()
    maker = find_provider(provider)
    smallest, largest = maker.limits(amount.currency)
    if not maker.configured() or not smallest <= amount.minor <= largest:
        raise AmountNotPayable
    maker.check(amount)
    client = maker.prepare(client)
    _check_cool_down(maker, amount, client)
    payment = _write_intent(
        maker,
        client,
        reference=reference,
        amount_minor=amount.minor,
        currency=amount.currency,
        description=description[:120],
        return_url=return_url,
        cancel_url=cancel_url,
    )
    return _call(maker, payment)


def _check_cool_down(maker: PaymentProvider, amount: Money, client: ClientDetails) -> None:
    """Some providers refuse the same amount from the same phone for a while: do not ask them in vain."""
    if not maker.repeat_after_seconds:
        return
    pause = dt.timedelta(seconds=maker.repeat_after_seconds)
    last = (
        Payment.objects.filter(
            provider=maker.slug, amount_minor=amount.minor, client__phone=client.phone,
            created_at__gt=clock.now() - pause,
        )
        .exclude(status=Status.FAILED, external_id__isnull=True)
        .order_by("-created_at")
        .first()
    )  # fmt: skip
    if last is not None:
        raise CoolDown(provider=maker.slug, retry_after_seconds=_seconds_until(last.created_at + pause))


def _seconds_until(moment: dt.datetime) -> int:
    return max(1, int((moment - clock.now()).total_seconds()) + 1)


def _write_intent(maker: PaymentProvider, client: ClientDetails, *, reference: str, **fields: object) -> Payment:
    """Commit what we are about to ask, so that a crash during the call leaves something to find."""
    try:
        with transaction.atomic():
            _refuse_second(reference)
            payment = Payment.objects.create(
                reference=reference,
                attempt=Payment.objects.filter(reference=reference).count() + 1,
                provider=maker.slug,
                status=Status.CREATED,
                deadline=clock.in_seconds(maker.deadline_seconds),
                next_check_at=clock.in_seconds(STARTING_SECONDS),
                **fields,
            )
            PaymentClient.objects.create(
                payment=payment,
                phone=client.phone,
                email=client.email,
                ip=client.ip,
                user_agent=client.user_agent[:300],
            )
            tell(payment, source=CHECKOUT, kind="intent", amount_minor=payment.amount_minor, currency=payment.currency)
    except IntegrityError as error:
        _refuse_second(reference)
        raise PaymentInProgress(provider=maker.slug, retry_after_seconds=5) from error
    return payment


def _refuse_second(reference: str) -> None:
    for payment in Payment.objects.filter(reference=reference):
        if payment.status == Status.SUCCEEDED:
            raise AlreadyPaid
        if payment.status == Status.REVIEW:
            raise PaymentInReview
        if payment.is_live:
            wait = _seconds_until(payment.deadline)
            raise PaymentInProgress(provider=payment.provider, retry_after_seconds=wait)


def _call(maker: PaymentProvider, payment: Payment) -> Payment:
    try:
        started = maker.start(payment, return_url=payment.return_url, cancel_url=payment.cancel_url)
    except Silent as silence:
        return _record_silence(payment.pk, silence)
    except Refused as refusal:
        _record_refusal(payment.pk, refusal)
        if isinstance(refusal, Unavailable):
            raise ProviderUnavailable(provider=maker.slug) from refusal
        text = maker.explain(refusal.code) or None
        raise PaymentRefused(text, provider=maker.slug, reason=refusal.code) from refusal
    return _record_accepted(payment.pk, started)


@transaction.atomic
def _record_accepted(payment_id: uuid.UUID, started: Started) -> Payment:
    """The callback may have been faster: then the payment has moved already and only its names are noted."""
    payment = Payment.locked(payment_id)
    tell(payment, source=CHECKOUT, kind="accepted", answer=started.answer)
    if started.external_id and payment.external_id != started.external_id:
        claim_unique(payment, "external_id", started.external_id)
    payment.external_ref = payment.external_ref or started.external_ref
    payment.next_url = started.next_url
    if payment.status == Status.CREATED:
        payment.move_to(Status.PENDING)
    if payment.is_live:
        payment.next_check_at = next_check(payment, now=clock.now(), again=True)
    payment.save(update_fields=["external_ref", "next_url", "next_check_at"])
    return payment


@transaction.atomic
def _record_silence(payment_id: uuid.UUID, silence: Silent) -> Payment:
    """Perhaps accepted, perhaps not: the payment stays live and the reconciler finds out."""
    payment = Payment.locked(payment_id)
    tell(payment, source=CHECKOUT, kind="no_answer", answer=silence.answer)
    if payment.is_live:
        payment.next_check_at = next_check(payment, now=clock.now(), again=True)
        payment.save(update_fields=["next_check_at"])
    return payment


@transaction.atomic
def _record_refusal(payment_id: uuid.UUID, refusal: Refused) -> None:
    payment = Payment.locked(payment_id)
    tell(payment, source=CHECKOUT, kind="refused", code=refusal.code, text=refusal.text, answer=refusal.answer)
    if payment.is_live:
        move.fail(payment, Outcome("failed", code=refusal.code, text=refusal.text), source=CHECKOUT)
        payment.next_check_at = None
        payment.save(update_fields=["next_check_at"])
