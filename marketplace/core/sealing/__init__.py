"""Histories under seal: committed rows are hashed, in batches, into chains kept in tables of their own.

A row is written without a thought of the chain, so nothing waits for anything. Every minute a worker takes the rows
that are under no seal yet, hashes each, and closes the batch with a seal that covers the seal before it. What is
changed, removed or slipped in afterwards, by whomever and with whatever rights, no longer fits, and is named.
See docs/decisions/0011.
"""

from marketplace.core.sealing.chains import Chain, chains, declare
from marketplace.core.sealing.sealer import seal
from marketplace.core.sealing.standing import Standing, heads, standing
from marketplace.core.sealing.verify import Broken, Head, verify

__all__ = ["Broken", "Chain", "Head", "Standing", "chains", "declare", "heads", "seal", "standing", "verify"]
