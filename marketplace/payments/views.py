"""Where providers call us: read a bounded body, store it, answer at once."""

from functools import partial

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from marketplace.core.errors import TooLarge
from marketplace.core.jobs import enqueue
from marketplace.core.net import client_ip
from marketplace.payments.models import InboxMessage
from marketplace.payments.services import receive_message
from marketplace.payments.services.receive_message import MOST_BYTES
from marketplace.payments.services.receive_paybill import admit_paybill, receive_paybill
from marketplace.payments.services.receive_result import receive_result
from marketplace.payments.services.validate_paybill import validate_paybill


@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> JsonResponse:
    """Stripe's webhooks, signed."""
    _take_in(request, provider="stripe")
    return JsonResponse({"received": True})


@csrf_exempt
@require_POST
def stk(request: HttpRequest, token: str) -> JsonResponse:
    """M-Pesa's callback of one attempt, behind its unguessable token. The address must not contain "mpesa"."""
    _take_in(request, provider="mpesa", token=token)
    return JsonResponse({"ResultCode": 0, "ResultDesc": "Accepted"})


@csrf_exempt
@require_POST
def result(request: HttpRequest, door: str, token: str, end: str) -> JsonResponse:
    """The outcome of something M-Pesa was asked to do, or word that it waited too long in a queue."""
    body = _read(request)
    _think_soon(
        receive_result(
            door=door, token=token, end=end, body=body, headers=request.headers, remote_ip=client_ip(request)
        )
    )
    return JsonResponse({"ResultCode": 0, "ResultDesc": "Accepted"})


@csrf_exempt
@require_POST
def paybill_validate(request: HttpRequest, token: str) -> JsonResponse:
    """M-Pesa asks whether money may come to the paybill. It waits eight seconds."""
    body = _read(request)
    admit_paybill(token=token, body=body, headers=request.headers, remote_ip=client_ip(request))
    code = validate_paybill(body=body)
    return JsonResponse({"ResultCode": code, "ResultDesc": "Accepted" if code == "0" else "Rejected"})


@csrf_exempt
@require_POST
def paybill_confirm(request: HttpRequest, token: str) -> JsonResponse:
    """M-Pesa says that money came to the paybill."""
    body = _read(request)
    _think_soon(receive_paybill(token=token, body=body, headers=request.headers, remote_ip=client_ip(request)))
    return JsonResponse({"ResultCode": 0, "ResultDesc": "Success"})


def _take_in(request: HttpRequest, *, provider: str, token: str | None = None) -> None:
    body = _read(request)
    _think_soon(
        receive_message(
            provider=provider, body=body, headers=request.headers, token=token, remote_ip=client_ip(request)
        )
    )


def _read(request: HttpRequest) -> bytes:
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise TooLarge
    return body


def _think_soon(message: InboxMessage) -> None:
    transaction.on_commit(partial(enqueue, "payments.process_inbox", message_id=message.pk))
