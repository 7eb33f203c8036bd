from marketplace.core import sealing


def seal(*, everything: bool = False) -> int:
    """Put what was committed since the last time under seal, in every sealed table. Returns how many rows.

    `everything`: look at every row, not only at recent ones; for the night.
    """
    return sum(sealing.seal(chain, everything=everything) for chain in sealing.chains())
