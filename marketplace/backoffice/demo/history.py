"""The demo's money, in the order in which it moved, and the proof that all of it is still there."""

from typing import TYPE_CHECKING

from marketplace.backoffice.demo import oddities, returns, sales, settling
from marketplace.ledger.services import prove, seal
from marketplace.users.models import User

if TYPE_CHECKING:
    from marketplace.ledger.models import ProofRun


def make_history(people: dict[str, User]) -> "ProofRun":
    """Sales, payouts, refunds, a dispute and what does not fit; then seals and a proof. Returns the proof."""
    orders = sales.sell(buyer=people["buyer"])
    settling.fill_the_float()
    settling.pay_the_first(people)
    settling.pay_the_second(people)
    oddities.dispute(orders["source"])
    returns.give_back(orders, people)
    oddities.leave_unclaimed(people)
    settling.propose_the_third(people)
    oddities.compare_a_day(orders["walk"], people)
    seal(everything=True)
    return prove()
