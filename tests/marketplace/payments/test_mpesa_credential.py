"""The initiator's password reaches Daraja encrypted, alone, and readable by nobody but Daraja."""

import base64
import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.x509.oid import NameOID

from marketplace.payments.providers.mpesa.credential import CredentialUnusable, security_credential

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = KEY) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "daraja.test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def opened(credential: str) -> str:
    return KEY.decrypt(base64.b64decode(credential, validate=True), PKCS1v15()).decode()


def test_the_password_and_nothing_else_is_inside() -> None:
    assert opened(security_credential(certificate(), "S3cret!ü")) == "S3cret!ü"


def test_the_certificate_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "daraja.pem").write_text(certificate())
    assert opened(security_credential(str(tmp_path / "daraja.pem"), "pw")) == "pw"


def test_the_certificate_may_be_one_line_of_an_environment_file() -> None:
    assert opened(security_credential(certificate().replace("\n", "\\n"), "pw")) == "pw"


def test_it_is_made_once() -> None:
    pem = certificate()
    assert security_credential(pem, "pw") == security_credential(pem, "pw"), "PKCS#1 v1.5 pads with random bytes"


@pytest.mark.parametrize("nonsense", ["", "/nowhere/at/all.pem", "-----BEGIN CERTIFICATE-----\nAAAA"])
def test_a_certificate_that_is_none_is_named(nonsense: str) -> None:
    with pytest.raises(CredentialUnusable):
        security_credential(nonsense, "pw")


def test_a_key_that_cannot_encrypt_is_named() -> None:
    with pytest.raises(CredentialUnusable, match="RSA"):
        security_credential(certificate(ec.generate_private_key(ec.SECP256R1())), "pw")
