"""Does every row still say what it said when it was sealed, is every one still there, and is every seal?"""

import datetime as dt
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from marketplace.core import clock
from marketplace.core.models import Seal, SealedRow
from marketplace.core.sealing.chains import Chain, Print, prints
from marketplace.core.sealing.sealer import seal_hash, unsealed

PAGE = 500
"""Seals looked at together; one of a quiet minute covers few rows."""
PATIENCE = dt.timedelta(days=1)
"""A row that waits longer for its seal is suspicious: nobody seals, or it was written into the past."""
Head = Sequence[str | int]
"""A seal's number and hash, as noted elsewhere."""
Listed = Mapping[int, list[SealedRow]]


@dataclass(frozen=True, slots=True)
class Broken:
    """What no longer fits."""

    where: str
    text: str


def verify(chain: Chain, *, noted: Iterable[Head] = ()) -> Generator[Broken, None, int]:
    """Name what was changed, removed or slipped in, in the order of the seals. Returns how many rows were looked at.

    `noted`: heads written down earlier; the chain must still hold each of them.
    """
    wanted = {int(number): str(digest) for number, digest in noted}
    last, rows = Seal(chain=chain.name, number=0, hash=""), 0
    for page in _pages(chain):
        listed = _listed(page)
        for made in page:
            sealed = listed.get(made.pk, [])
            yield from _wrong_seal(made, sealed, last)
            if wanted.pop(made.number, made.hash) != made.hash:
                yield Broken(_name(made), "is not the one that was noted earlier")
            yield from _wrong_rows(chain, made, sealed)
            last, rows = made, rows + len(sealed)
    yield from (Broken(f"seal {chain.name} #{number}", "was noted earlier and is gone") for number in sorted(wanted))
    yield from _too_long_without(chain)
    return rows


def _pages(chain: Chain) -> Iterator[list[Seal]]:
    """Seals in order, so many that they list a few thousand rows at most."""
    page: list[Seal] = []
    for made in Seal.objects.filter(chain=chain.name).order_by("number").iterator(PAGE):
        page.append(made)
        if len(page) == PAGE or sum(seal.count for seal in page) > PAGE:
            yield page
            page = []
    if page:
        yield page


def _listed(page: list[Seal]) -> Listed:
    found: dict[int, list[SealedRow]] = defaultdict(list)
    for row in SealedRow.objects.filter(seal__in=page):
        found[row.seal_id].append(row)
    return found


def _name(made: Seal) -> str:
    return f"seal {made.chain} #{made.number}"


def _wrong_seal(made: Seal, sealed: list[SealedRow], last: Seal) -> Iterator[Broken]:
    if (made.number, made.previous) != (last.number + 1, last.hash):
        yield Broken(_name(made), f"does not follow number {last.number}: what stood between them is gone or changed")
    if len(sealed) != made.count:
        yield Broken(_name(made), f"covers {made.count} rows and lists {len(sealed)}")
    elif seal_hash(made, [(row.row, row.hash) for row in sealed]) != made.hash:
        yield Broken(_name(made), "was changed, or what it lists was")


def _wrong_rows(chain: Chain, made: Seal, sealed: list[SealedRow]) -> Iterator[Broken]:
    now = prints(chain, [row.row for row in sealed], made.fields.split())
    for row in sealed:
        found = now.get(row.row)
        if found is None:
            yield Broken(f"{chain.name} {row.row}", f"is gone; it was sealed in #{made.number}")
        elif found.hash != row.hash:
            yield from _difference(chain, made, row, found)


def _difference(chain: Chain, made: Seal, row: SealedRow, found: Print) -> Iterator[Broken]:
    """Which part of a row changed, or else the row itself."""
    of, since = f"of {chain.name} {found.title}", f"it was sealed in #{made.number}"
    named = [(part, f"is gone, {of}; {since}") for part in row.parts.keys() - found.parts.keys()]
    named += [(part, f"was slipped in, {of}; {since}") for part in found.parts.keys() - row.parts.keys()]
    named += [
        (part, f"was changed, {of}; {since}")
        for part in row.parts.keys() & found.parts.keys()
        if row.parts[part] != found.parts[part]
    ]
    yield from (Broken(f"{chain.part_name} {part}", text) for part, text in sorted(named))
    if not named:
        yield Broken(f"{chain.name} {row.row}", f"({found.title}) was changed; {since}")


def _too_long_without(chain: Chain) -> Iterator[Broken]:
    late = unsealed(chain).filter(**{f"{chain.at}__lt": clock.now() - PATIENCE})
    for pk, at in late.values_list("pk", chain.at)[:PAGE]:
        yield Broken(f"{chain.name} {pk}", f"was written at {at:%Y-%m-%d %H:%M} and is under no seal")
