"""Files that go with a mail: named by reference when it is queued, made by the room that knows how when it is sent."""

from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class AttachmentRef:
    """Which file: `kind` names the maker, `id` is what the maker needs to know."""

    kind: str
    id: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Attachment:
    """The file itself."""

    name: str
    content: bytes
    mime: str


Maker = Callable[[str], Attachment | None]
_makers: dict[str, Maker] = {}


def attaches(kind: str) -> Callable[[Maker], Maker]:
    """Register the maker of a kind. It may answer None when there is nothing to attach any more (all tickets void)."""

    def register(maker: Maker) -> Maker:
        _makers[kind] = maker
        return maker

    return register


def make(ref: AttachmentRef) -> Attachment | None:
    """Make one file. Raises `LookupError` for a kind nobody registered."""
    maker = _makers.get(ref.kind)
    if maker is None:
        raise LookupError(f"no room makes attachments of kind {ref.kind!r}")
    return maker(ref.id)
