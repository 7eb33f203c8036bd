"""Real threads, real connections: what two people at two desks could do at once."""

import threading

from django.db import connection

from marketplace.payments.errors import OverRefund
from marketplace.payments.models import Refund
from marketplace.payments.services import reserve_refund
from tests.factories.payments import make_payment


def test_of_twenty_at_once_who_each_want_sixty_percent_one_gets_it(committed_db: str) -> None:
    """The over-refund race, on real connections."""
    payment = make_payment(provider="stripe", status="succeeded")
    start, outcomes = threading.Barrier(20), []

    def want(number: int) -> None:
        try:
            start.wait()
            reserve_refund(payment_id=payment.pk, amount_minor=90_000, key=f"race:{number}", reason="race")
            outcomes.append("reserved")
        except OverRefund:
            outcomes.append("over_refund")
        finally:
            connection.close()

    threads = [threading.Thread(target=want, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    payment.refresh_from_db()
    assert sorted(outcomes) == ["over_refund"] * 19 + ["reserved"]
    assert payment.refunded_minor == 90_000 == sum(Refund.objects.values_list("amount_minor", flat=True))
