"""What a ticket's QR code says: a signed statement a door can check with the public key alone, without a network.

The layout is fixed and public, see docs/ticket-codes.md. Nothing personal is in it.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from marketplace.core.ids import ALPHABET
from marketplace.ticketing import base45

VERSION = 1
HEADER = struct.Struct(">B4sQIH")
"""version, key id, ticket number, occurrence, generation: 19 bytes, big-endian."""
SIGNATURE_BYTES = 64
CODE_BYTES = HEADER.size + SIGNATURE_BYTES
"""83 bytes are 125 characters: exactly what a version 7 QR code holds at error correction Q."""
DOMAIN = b"sokoni ticket\0"
"""Signed before the header and not sent: a signature made for anything else never passes for a ticket."""


class BadCode(Exception):
    """Not a ticket of ours. `reason` is one of malformed, unknown_version, unknown_key, bad_signature."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Statement:
    """What the code states. `generation` rises when a ticket is handed on: codes of lower generations are dead."""

    key_id: str
    ticket: int
    occurrence: int
    generation: int

    def header(self) -> bytes:
        return HEADER.pack(VERSION, bytes.fromhex(self.key_id), self.ticket, self.occurrence, self.generation)


def sign(statement: Statement, key: Ed25519PrivateKey) -> str:
    """The text of the QR code. Ed25519 is deterministic: the same ticket always has the same code."""
    header = statement.header()
    return base45.encode(header + key.sign(DOMAIN + header))


def verify(text: str, keys: Mapping[str, Ed25519PublicKey]) -> Statement:
    """What the code states, if one of `keys` (by key id) signed it. Raises `BadCode`."""
    statement, header, signature = _split(text)
    key = keys.get(statement.key_id)
    if key is None:
        raise BadCode("unknown_key")
    try:
        key.verify(signature, DOMAIN + header)
    except InvalidSignature as error:
        raise BadCode("bad_signature") from error
    return statement


def _split(text: str) -> tuple[Statement, bytes, bytes]:
    try:
        data = base45.decode(text)
    except ValueError as error:
        raise BadCode("malformed") from error
    if len(data) != CODE_BYTES:
        raise BadCode("malformed")
    header = data[: HEADER.size]
    version, key_id, ticket, occurrence, generation = HEADER.unpack(header)
    if version != VERSION:
        raise BadCode("unknown_version")
    return Statement(key_id.hex(), ticket, occurrence, generation), header, data[HEADER.size :]


def number_of(code: str) -> int:
    """The number a readable ticket code stands for: its characters are digits of base 30, so a door can show the code
    it would find printed beside the QR. Raises `ValueError`."""
    number = 0
    for character in code:
        number = number * len(ALPHABET) + ALPHABET.index(character)
    return number


def code_of(number: int, *, length: int) -> str:
    """The readable code of a number, the other way round."""
    digits = []
    for _ in range(length):
        number, rest = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[rest])
    return "".join(reversed(digits))
