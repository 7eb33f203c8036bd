"""The sums of one payout. Pure: whole minor units in, whole minor units out."""

from bisect import bisect_right
from dataclasses import dataclass

from marketplace.payouts.services.levies import of_rate


@dataclass(frozen=True)
class Sums:
    """gross = net + withholding + fee; what was available = gross + carried."""

    gross: int
    withholding_base: int
    withholding: int
    fee: int
    net: int
    carried: int


def sums_of(
    *, available: int, basis_points: int, added_base: int = 0, fee: int = 0, step: int = 1, smallest: int = 1,
    largest: int = 10**15,
) -> Sums | None:  # fmt: skip
    """The most that can be paid out of `available` in whole units of the rail. None when that is less than it sends.

    Tax is withheld from gross + `added_base`. Of what cannot be sent (below a whole unit, beyond the rail's largest
    amount) nothing is withheld: it stays on the balance and is carried to the next payout.
    """

    def net_of(gross: int) -> int:
        return gross - of_rate(gross + added_base, basis_points) - fee

    net = min(net_of(available), largest)
    net -= net % step
    if net < max(smallest, 1):
        return None
    # One unit more of gross is one or no unit more of net: the largest gross that gives this net is what is booked.
    gross = bisect_right(range(available + 1), net, key=net_of) - 1
    return Sums(
        gross=gross,
        withholding_base=gross + added_base,
        withholding=of_rate(gross + added_base, basis_points),
        fee=fee,
        net=net,
        carried=available - gross,
    )
