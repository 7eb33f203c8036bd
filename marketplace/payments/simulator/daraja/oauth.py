"""OAuth: one live token at a time. A new token kills the previous one [P: Authorization FAQ]."""

import base64
import binascii
import hmac
import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from marketplace.payments.simulator.world import World, world_of

from .errors import DarajaError

LIFETIME = 3599  # seconds


async def generate(request: Request) -> Response:
    """GET /oauth/v1/generate: hand out a token for the consumer pair."""
    world = world_of(request)
    kind, _, pair = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        raise DarajaError(400, "400.008.01", "Invalid Authentication passed")
    if request.query_params.get("grant_type") != "client_credentials":
        raise DarajaError(400, "400.008.02", "Invalid grant type passed")
    if not is_ours(world, pair):
        return Response(b"", 400)  # the real gateway answers a wrong pair with an empty body [L]
    token = secrets.token_urlsafe(21)
    world.state.turn("daraja_token", {"token": token, "until": world.clock.now() + LIFETIME})
    return JSONResponse({"access_token": token, "expires_in": str(LIFETIME)})


def is_ours(world: World, pair: str) -> bool:
    """Compare the Basic pair with the consumer key and secret."""
    wanted = f"{world.settings.consumer_key}:{world.settings.consumer_secret}".encode()
    try:
        return hmac.compare_digest(base64.b64decode(pair, validate=True), wanted)
    except (binascii.Error, ValueError):
        return False


def check_token(request: Request, *, status: int = 404, code: str = "404.001.03") -> None:
    """Refuse a missing, dead or expired bearer token; the code differs from API to API."""
    world = world_of(request)
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        raise DarajaError(404, "404.001.04", "Invalid Authentication Header")
    live = world.state.knob("daraja_token") or {"token": "", "until": 0}
    known = hmac.compare_digest(given.strip().encode(), live["token"].encode())
    if not live["token"] or not known or world.clock.now() >= live["until"]:
        raise DarajaError(status, code, "Invalid Access Token")
