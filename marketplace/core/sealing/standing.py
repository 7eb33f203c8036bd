"""How far the chains have come: for the desk, and to be written down somewhere else."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Q

from marketplace.core.models import Seal
from marketplace.core.sealing.chains import Chain, chains
from marketplace.core.sealing.sealer import OVERLAP, unsealed


@dataclass(frozen=True, slots=True)
class Standing:
    """One chain: its newest seal, and how long the oldest row under none has been waiting."""

    chain: str
    number: int
    hash: str
    sealed_at: dt.datetime | None
    waiting: int
    oldest_waiting: dt.datetime | None


def standing() -> list[Standing]:
    """Of every chain, by its recent rows; older ones without a seal are the proof's to find."""
    newest = Seal.objects.values("chain").annotate(last=Max("number")).order_by()
    wanted = Q(pk__in=[])
    for row in newest:
        wanted |= Q(chain=row["chain"], number=row["last"])
    last = {seal.chain: seal for seal in Seal.objects.filter(wanted)}
    return [_standing(chain, last.get(chain.name)) for chain in chains()]


def heads() -> dict[str, list[str | int]]:
    """Number and hash of every chain's newest seal. Noted elsewhere, they show a chain that was cut short."""
    newest = (Seal.objects.filter(chain=chain.name).order_by("-number").first() for chain in chains())
    return {last.chain: [last.number, last.hash] for last in newest if last}


def _standing(chain: Chain, last: Seal | None) -> Standing:
    waiting = unsealed(chain, last.seen_until - OVERLAP if last else None).aggregate(
        count=Count("pk"), oldest=Min(chain.at)
    )
    return Standing(
        chain=chain.name,
        number=last.number if last else 0,
        hash=last.hash if last else "",
        sealed_at=last.sealed_at if last else None,
        waiting=waiting["count"],
        oldest_waiting=waiting["oldest"],
    )
