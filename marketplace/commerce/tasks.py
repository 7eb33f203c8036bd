from celery import shared_task

from marketplace.commerce import upkeep


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
