"""The whole simulator as one ASGI app."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from . import control, html, payments, phone, sellers
from .daraja import app as daraja
from .daraja import initiator, stk
from .gate import Gate
from .settings import Settings
from .stripe import app as stripe
from .stripe import onboarding, page, processes
from .world import World

STATIC = Path(__file__).parent / "static"


def build(settings: Settings) -> tuple[Starlette, World]:
    """Put the parts together; jobs run once the app's lifespan has begun."""
    world = World(settings)
    stk.register(world)
    initiator.register(world)
    processes.register(world)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.world = world
        runner = asyncio.create_task(world.scheduler.run())
        yield
        runner.cancel()
        await world.courier.close()

    routes = [
        Route("/", index),
        Mount("/payments", routes=payments.ROUTES),
        Mount("/sellers", routes=sellers.ROUTES),
        Mount("/static", StaticFiles(directory=STATIC)),
        Mount("/phone", routes=phone.ROUTES),
        Mount("/_sim", routes=control.ROUTES),
        Mount("/stripe/pay", routes=page.ROUTES),
        Mount("/stripe/connect", routes=onboarding.ROUTES),
        Mount("/stripe", routes=stripe.ROUTES),
        Mount("/daraja", routes=daraja.ROUTES),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, middleware=[Middleware(Gate, world=world)])
    return app, world


async def index(request: Request) -> Response:
    """Show where everything is."""
    base = str(request.base_url).rstrip("/")
    return html.page("Payment simulator", html.render("index.html", base=base))
