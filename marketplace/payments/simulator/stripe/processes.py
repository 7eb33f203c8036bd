"""What happens at Stripe without a request: sessions expire, funds settle, refunds end, disputes open."""

from collections.abc import Callable
from functools import partial

from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from .charging import settle_funds
from .desk import Desk
from .disputes import UNDECIDED, decide, open_dispute, overdue, remaining
from .payouts import arrive
from .refunds import end
from .sessions import expired

Work = Callable[[Desk, Json, Json], object]


def register(world: World) -> None:
    """Tell the scheduler what Stripe's jobs do."""
    for name, (kind, work) in WORKS.items():
        world.scheduler.does[name] = partial(run, world, kind, work)


def run(world: World, kind: str, work: Work, job: Json) -> None:
    """Do one job for the account its object belongs to."""
    doc = world.state.get(kind, job["id"])
    if doc is not None:
        work(Desk(world, world.state.account_of(kind, job["id"])), doc, job)


def expire(desk: Desk, session: Json, _: Json) -> None:
    """Expire a session that is still open at its deadline."""
    if session["status"] == "open":
        expired(desk, session)


def settle(desk: Desk, charge: Json, _: Json) -> None:
    """Book the balance transaction an asynchronously captured charge has waited for."""
    desk.emit("charge.updated", settle_funds(desk, charge), {"balance_transaction": None})


def refund(desk: Desk, doc: Json, job: Json) -> None:
    """Let a slow refund succeed or fail."""
    end(desk, doc, fails=job["fails"])


def dispute(desk: Desk, charge: Json, job: Json) -> None:
    """Open the dispute a ...0259 card brings, unless everything went back before."""
    if remaining(charge):
        open_dispute(desk, charge, job["reason"], inquiry=job.get("inquiry", False))


def dispute_due(desk: Desk, doc: Json, _: Json) -> None:
    """End a dispute at its deadline."""
    overdue(desk, doc)


def verdict(desk: Desk, doc: Json, job: Json) -> None:
    """Let the bank decide a dispute whose evidence was handed in."""
    if doc["status"] in UNDECIDED:
        decide(desk, doc, won=job["won"])


def payout(desk: Desk, doc: Json, job: Json) -> None:
    """Let a payout arrive or come back."""
    arrive(desk, doc, fails=job["fails"])


WORKS: dict[str, tuple[str, Work]] = {
    "stripe_expire": ("checkout.session", expire),
    "stripe_settle": ("charge", settle),
    "stripe_refund": ("refund", refund),
    "stripe_dispute": ("charge", dispute),
    "stripe_dispute_due": ("dispute", dispute_due),
    "stripe_verdict": ("dispute", verdict),
    "stripe_payout": ("payout", payout),
}
