"""Where providers call us: read a bounded body, store it, answer at once."""

from functools import partial

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from marketplace.core.errors import TooLarge
from marketplace.core.jobs import enqueue
from marketplace.core.net import client_ip
from marketplace.payments.services import receive_message
from marketplace.payments.services.receive_message import MOST_BYTES


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


def _take_in(request: HttpRequest, *, provider: str, token: str | None = None) -> None:
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise TooLarge
    message = receive_message(
        provider=provider, body=body, headers=request.headers, token=token, remote_ip=client_ip(request)
    )
    transaction.on_commit(partial(enqueue, "payments.process_inbox", message_id=message.pk))
