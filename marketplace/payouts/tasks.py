from celery import shared_task

from marketplace.payouts import services


@shared_task(name="payouts.release_due")
def release_due() -> None:
    """Release shares whose hold is over, then reserves whose time is, until none is left."""
    while services.release_due(limit=1_000):
        pass
    while services.mature_reserves(limit=1_000):
        pass


@shared_task(name="payouts.propose_run")
def propose_run() -> None:
    """Propose payouts to everyone whose day it is."""
    release_due()
    services.propose_run()


@shared_task(name="payouts.fill_runs")
def fill_runs() -> None:
    """Make runs that a person started, and go on with those a worker left."""
    services.fill_runs()


@shared_task(name="payouts.follow_up")
def follow_up() -> None:
    """Settle payouts whose news got lost."""
    services.follow_up()
