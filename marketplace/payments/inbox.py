"""Who thinks about which message. Parts of the room register here; a message about a payment needs no entry.

`@thinks_about("mpesa", "b2c.")` names a provider and how the message's kind begins; the longest beginning wins.
`@behind("b2c")` names a door, the part of the address before the secret token, and finds what that token belongs to.
"""

from collections.abc import Callable
from dataclasses import dataclass

from marketplace.core.errors import NotYours
from marketplace.payments.models import InboxMessage

Status = InboxMessage.Status


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What came of thinking. `waiting` means: not yet, think again later."""

    status: str
    note: str = ""


def done(note: str = "") -> Conclusion:
    return Conclusion(Status.DONE, note)


def ignored(note: str) -> Conclusion:
    """Understood, and nothing to do."""
    return Conclusion(Status.IGNORED, note)


def later(note: str) -> Conclusion:
    """Nothing certain yet. After many tries the message is quarantined with this note."""
    return Conclusion(Status.WAITING, note)


def quarantined(note: str) -> Conclusion:
    """It contradicts what we know: kept for a person, believed by nobody."""
    return Conclusion(Status.QUARANTINED, note)


Thinker = Callable[[InboxMessage], Conclusion]
Finder = Callable[[str], str]

_thinkers: dict[tuple[str, str], Thinker] = {}
_finders: dict[str, list[Finder]] = {}


def thinks_about(provider: str, *kinds: str) -> Callable[[Thinker], Thinker]:
    """Register who thinks about messages whose kind begins so. Called outside transactions, possibly more than once."""

    def register(thinker: Thinker) -> Thinker:
        _thinkers.update({(provider, kind): thinker for kind in kinds})
        return thinker

    return register


def thinker(message: InboxMessage) -> Thinker | None:
    fitting = [kind for provider, kind in _thinkers if provider == message.provider and message.kind.startswith(kind)]
    return _thinkers[message.provider, max(fitting, key=len)] if fitting else None


def behind(door: str) -> Callable[[Finder], Finder]:
    """Register what lies behind a door: a function of the token, with `about` (e.g. `refund:<id>`) or "" to return."""

    def register(finder: Finder) -> Finder:
        _finders.setdefault(door, []).append(finder)
        return finder

    return register


def subject(door: str, token: str) -> str:
    """What the token belongs to. Raises `NotYours` (404)."""
    for finder in _finders.get(door, ()):
        if about := finder(token):
            return about
    raise NotYours
