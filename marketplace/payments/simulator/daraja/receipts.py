"""Receipt numbers: ten letters and digits that begin with year, month and day, as on the real system."""

import secrets
import string

from marketplace.payments.simulator.clock import nairobi
from marketplace.payments.simulator.world import World

LETTERS = string.ascii_uppercase
DAYS = string.digits[1:] + LETTERS  # 6 is the sixth, A the tenth


def new_receipt(world: World) -> str:
    """Return a receipt that was never given out, for instance SG6... on 6 July 2024."""
    day = nairobi(world.clock.now())
    head = LETTERS[(day.year - 2006) % 26] + LETTERS[day.month - 1] + DAYS[day.day - 1]
    while True:
        receipt = head + "".join(secrets.choice(LETTERS + string.digits) for _ in range(7))
        if world.state.get("receipt", receipt) is None:
            world.state.put("receipt", {"id": receipt})
            return receipt
