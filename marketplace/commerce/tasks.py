from celery import shared_task

from marketplace.commerce import upkeep
from marketplace.commerce.services import run_bulk_refund, running_bulk_refunds
from marketplace.core.jobs import enqueue


@shared_task(name="commerce.run_bulk_refund")
def run_one_bulk_refund(bulk_id: int) -> None:
    """Give back to the next buyers of something that was called off."""
    if run_bulk_refund(bulk_id=bulk_id):
        enqueue("commerce.run_bulk_refund", bulk_id=bulk_id)


@shared_task(name="commerce.run_bulk_refunds")
def run_bulk_refunds() -> None:
    """Go on with those that were cut off."""
    for bulk_id in running_bulk_refunds():
        run_bulk_refund(bulk_id=bulk_id)


@shared_task(name="commerce.release_expired")
def release_expired() -> None:
    """Give back what ran out, and end orders nobody paid."""
    upkeep.release_expired()


@shared_task(name="commerce.forget_old_carts")
def forget_old_carts() -> None:
    """Forget carts nobody came back to."""
    upkeep.forget_old_carts()


@shared_task(name="commerce.recount_stock")
def recount_stock() -> None:
    """Prove the stock counters against the rows they sum up."""
    upkeep.recount_stock()
