import base64
import io
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management import call_command
from django.core.serializers import serialize
from django.db import IntegrityError, transaction

from marketplace.ticketing import codes, services
from marketplace.ticketing.models import SigningKey, Ticket
from marketplace.ticketing.selectors import whole_tickets
from tests.factories.ticketing import a_ticket

pytestmark = pytest.mark.django_db


def published(client) -> dict[str, Ed25519PublicKey]:
    """What a door fetches, read with nothing but the standards."""
    keys = client.get("/tickets/keys.json").json()["keys"]
    assert all((key["kty"], key["crv"]) == ("OKP", "Ed25519") for key in keys)
    return {k["kid"]: Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(k["x"] + "=")) for k in keys}


def test_there_is_one_active_key_and_asking_again_gives_it():
    assert services.current_key() == services.current_key()
    with pytest.raises(IntegrityError), transaction.atomic():
        SigningKey.objects.create(key_id="0" * 8, public_hex="0" * 64, private_ciphertext="x")


def test_the_private_key_is_nowhere_in_the_database():
    key = services.current_key()
    secret = key.private.private_bytes_raw()
    dump = serialize("json", SigningKey.objects.all())
    for form in (secret.hex(), base64.b64encode(secret).decode(), base64.urlsafe_b64encode(secret).decode()):
        assert form.rstrip("=") not in dump


def test_no_ticket_that_opens_a_door_is_in_the_database():
    ticket = whole_tickets().get(pk=a_ticket().pk)
    dump = serialize("json", [*Ticket.objects.all(), *SigningKey.objects.all()])
    assert ticket.qr_text not in dump
    assert json.dumps(ticket.qr_text)[1:-1] not in dump


def test_after_a_rotation_old_and_new_tickets_verify(client):
    old = a_ticket()
    out = io.StringIO()
    call_command("rotate_ticket_key", stdout=out)
    new = a_ticket()
    assert new.signing_key.key_id in out.getvalue()
    assert old.signing_key_id != new.signing_key_id
    keys = published(client)
    for ticket in (old, new):
        statement = codes.verify(ticket.qr_text, keys)
        assert statement.ticket == codes.number_of(ticket.code)
        assert statement.occurrence == ticket.occurrence_id
    assert [key["signs_new_tickets"] for key in client.get("/tickets/keys.json").json()["keys"]] == [True, False]


def test_the_key_set_tells_no_secret(client):
    key = services.current_key()
    text = client.get("/tickets/keys.json").content.decode()
    assert key.private_ciphertext not in text
    assert '"d"' not in text
