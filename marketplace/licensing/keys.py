"""License keys as text: `SOKO-7K3QM-...`, four groups of five characters, 100 random bits.

The alphabet is Crockford's base32: no I, L, O or U; a reader who types O for 0 or l for 1 is understood.
"""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "SOKO"
GROUPS, GROUP = 4, 5
LENGTH = GROUPS * GROUP
"""20 characters of 5 bits: 100 bits, all from the operating system's generator."""
_MEANT = str.maketrans("OIL", "011")
_BODY = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def new_key() -> str:
    return _written("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def read_key(typed: str) -> str | None:
    """The key as we write it, however it was typed: any case, spacing and dashes. None when it cannot be a key."""
    bare = re.sub(r"[\s\-\u2010-\u2015_.]", "", typed).upper()
    body = re.sub("^S[O0]K[O0]", "", bare).translate(_MEANT)
    return _written(body) if _BODY.fullmatch(body) else None


def masked(hint: str) -> str:
    """What is shown until the owner asks: the end alone, to tell two keys apart. Short enough for a phone."""
    return f"{PREFIX}-••••••••-{hint}"


def _written(body: str) -> str:
    return "-".join([PREFIX, *(body[i : i + GROUP] for i in range(0, LENGTH, GROUP))])
