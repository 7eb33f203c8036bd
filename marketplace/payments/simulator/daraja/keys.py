"""SecurityCredential: base64 of RSA PKCS#1 v1.5 over the initiator's password alone, under the certificate we publish.

The key pair beside this file is for the demo only. Source: developer.safaricom.co.ke, "Security credentials".
"""

import base64
import binascii
import hmac
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from marketplace.payments.simulator.settings import Settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

FOLDER = Path(__file__).parent
CERTIFICATE = FOLDER / "certificate.pem"
PRIVATE_KEY = FOLDER / "private_key.pem"


@cache
def private_key() -> "RSAPrivateKey":
    """Load the demo key, and the library for it, once the first credential arrives."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(PRIVATE_KEY.read_bytes(), None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError(f"{PRIVATE_KEY.name} is not an RSA key")
    return key


def decrypted(credential: str) -> bytes | None:
    """Return what a credential holds, or None when it was not encrypted under our certificate."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    try:
        return private_key().decrypt(base64.b64decode(credential, validate=True), PKCS1v15())
    except (binascii.Error, ValueError):
        return None


def is_initiator(settings: Settings, name: str, credential: str) -> bool:
    """Say whether name and password are the API operator's; a timestamp or shortcode appended makes it wrong."""
    password = decrypted(credential)
    right = password is not None and hmac.compare_digest(password, settings.initiator_password.encode())
    return right and hmac.compare_digest(name.encode(), settings.initiator.encode())
