"""The initiator's password as Daraja wants it: encrypted under its certificate, the password only, RSA PKCS#1 v1.5.

Source: developer.safaricom.co.ke, "Security credentials". Sandbox and production have different certificates.
"""

import base64
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey


class CredentialUnusable(Exception):
    """The certificate is missing, cannot be read, or is not one of an RSA key. A matter of configuration."""


@cache
def security_credential(certificate: str, password: str) -> str:
    """The password in base64, for `SecurityCredential`. `certificate`: PEM text, or the path of a PEM file.

    Made once per process: the same credential may be sent any number of times. Raises `CredentialUnusable`.
    """
    try:
        key = x509.load_pem_x509_certificate(_pem(certificate)).public_key()
    except (OSError, ValueError) as error:
        raise CredentialUnusable(f"the certificate cannot be read: {error}") from error
    if not isinstance(key, RSAPublicKey):
        raise CredentialUnusable("the certificate is not one of an RSA key")
    return base64.b64encode(key.encrypt(password.encode(), PKCS1v15())).decode()


def _pem(certificate: str) -> bytes:
    """Environment files often carry line ends as backslash and n."""
    if "-----BEGIN" in certificate:
        return certificate.replace("\\n", "\n").encode()
    return Path(certificate).read_bytes()
