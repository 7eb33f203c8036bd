from celery import shared_task

from marketplace.ledger import services


@shared_task(name="ledger.seal")
def seal() -> None:
    """Put what was committed since the last time under seal."""
    services.seal()


@shared_task(name="ledger.prove")
def prove(actor_id: int | None = None) -> None:
    """Seal whatever is left, then ask every check."""
    services.seal(everything=True)
    services.prove(actor_id=actor_id)
