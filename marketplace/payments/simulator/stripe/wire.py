"""What a request carries: key, version and form."""

import base64
import binascii
import re

from starlette.requests import Request

from marketplace.payments.simulator.state import Json

from . import forms
from .desk import VERSION
from .errors import StripeError

VERSION_FORM = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?")
KEY_FORM = re.compile(r"[sr]k_test_\w+")
NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth"
    " (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
)


def api_key(request: Request) -> str:
    """Return the secret key, given as bearer token or as Basic user name."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            given = ""
    if not given:
        raise StripeError(NO_KEY, status=401)
    if not KEY_FORM.fullmatch(given):
        raise StripeError(f"Invalid API Key provided: {given[:7]}{'*' * 8}{given[-4:]}", status=401)
    return given


def version(request: Request) -> str:
    """Return the API version of the request; the pinned one when none is named."""
    named = request.headers.get("stripe-version", VERSION)
    if not VERSION_FORM.fullmatch(named):
        raise StripeError(f"Invalid Stripe API version: {named}")
    return named


async def tree_of(request: Request) -> Json:
    """Return the request's parameters as an untyped tree."""
    if request.method != "POST":
        return forms.parse(request.url.query)
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if body and kind != "application/x-www-form-urlencoded":
        raise StripeError(
            "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have"
            " any questions, we can help at https://support.stripe.com/."
        )
    try:
        return forms.parse(body.decode())
    except UnicodeDecodeError as error:
        raise StripeError("Invalid UTF-8 in the request body") from error
