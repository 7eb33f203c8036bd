"""Who a seller is: papers go where nobody finds them, the application says what is missing, Stripe is asked."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from marketplace.audit.models import LogEntry
from marketplace.core.crypto import decrypt
from marketplace.payouts.models import Verification, VerificationDocument
from marketplace.payouts.services import keep_document
from marketplace.payouts.services.keep_document import LARGEST, documents_storage
from tests.factories.commerce import make_seller
from tests.marketplace.payouts.pages import as_person_of, as_role, text

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 a card"
DETAILS = {"entity": "person", "legal_name": "Amani Odhiambo", "country": "KE", "tax_number": "a012345678z",
           "address": "Moi Avenue 3, Nairobi", "send": "1"}  # fmt: skip


def upload(content: bytes = PDF, name: str = "card.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def papers(seller, *kinds: str) -> None:
    for kind in kinds:
        keep_document(seller=seller, kind=kind, upload=upload(), actor_id=None)


def here(seller) -> str:
    return f"/admin/money/{seller.pk}/identity/"


def test_a_paper_is_kept_in_private_with_its_checksum():
    seller = make_seller()
    client = as_person_of(seller)
    given = {"add": "1", "kind": "identity", "upload": upload(name='../../<b>"card.html')}
    client.post(here(seller), given)
    row = VerificationDocument.objects.get()
    assert row.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (row.size, row.content_type, row.name) == (len(PDF), "application/pdf", "bcard.pdf")
    assert row.path.startswith(f"verification/{seller.pk}/")
    assert documents_storage().open(row.path).read() == PDF
    assert LogEntry.objects.get(action="verification.document_added").actor_id == client.user.pk
    shown = text(client.get(here(seller)))
    assert "bcard.pdf" in shown
    assert row.path not in shown
    assert client.get(f"/media/{row.path}").status_code == 404
    assert client.get(f"/admin/verification-papers/{row.pk}/").headers["Location"] == "/admin/", "for reviewers only"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><script>alert(1)</script>", "neither a PDF nor a JPEG nor a PNG"),
        (b"MZ\x90\x00 a program", "neither a PDF nor a JPEG nor a PNG"),
        (b"%PDF-" + b"x" * LARGEST, "larger than 8 MB"),
        (b"", "empty"),
    ],
)
def test_what_is_no_paper_is_refused(content, said):
    seller = make_seller()
    shown = as_person_of(seller).post(here(seller), {"add": "1", "kind": "identity", "upload": upload(content)})
    assert said in text(shown)
    assert not VerificationDocument.objects.exists()


def test_it_is_sent_once_all_papers_are_there():
    seller = make_seller()
    client = as_person_of(seller)
    refused = text(client.post(here(seller), DETAILS))
    assert "Please add first" in refused
    assert "Not sent yet" in refused
    papers(seller, "identity", "tax")
    assert client.post(here(seller), DETAILS).status_code == 302
    row = Verification.objects.get()
    assert row.status == "submitted"
    assert decrypt(row.tax_number_ciphertext) == "A012345678Z"
    shown = text(client.get(here(seller)))
    assert "A012345678Z" not in shown
    assert "...78Z" in shown


def test_adding_and_removing_papers_keeps_what_was_typed_and_sends_nothing():
    seller = make_seller()
    client = as_person_of(seller)
    typed = {name: value for name, value in DETAILS.items() if name != "send"}
    client.post(here(seller), {**typed, "add": "1", "kind": "identity", "upload": upload()})
    row = Verification.objects.get()
    assert (row.status, row.legal_name, row.address) == ("draft", "Amani Odhiambo", "Moi Avenue 3, Nairobi")
    assert decrypt(row.tax_number_ciphertext) == "A012345678Z"
    half = {**typed, "legal_name": "Amani A. Odhiambo", "tax_number": "12", "address": ""}
    client.post(here(seller), {**half, "drop": str(VerificationDocument.objects.get().pk)})
    row.refresh_from_db()
    assert (row.legal_name, row.tax_number_hint) == ("Amani A. Odhiambo", "...78Z"), (
        "what cannot be taken changes nothing"
    )
    assert "Amani A. Odhiambo" in client.get(here(seller)).content.decode()


def test_a_refused_paper_loses_nothing_typed():
    seller = make_seller()
    given = {**DETAILS, "kind": "identity", "upload": upload(b"no paper")}
    shown = as_person_of(seller).post(here(seller), given).content.decode()
    assert "neither a PDF nor" in shown
    assert "Moi Avenue 3" in shown
    assert "a012345678z" in shown
    assert not Verification.objects.exists()


def test_a_paper_chosen_and_not_added_is_sent_along():
    seller = make_seller()
    papers(seller, "identity")
    assert as_person_of(seller).post(here(seller), {**DETAILS, "kind": "tax", "upload": upload()}).status_code == 302
    assert Verification.objects.get().status == "submitted"
    assert {paper.kind for paper in VerificationDocument.objects.all()} == {"identity", "tax"}


def test_a_company_hands_in_its_registration_too():
    seller = make_seller()
    papers(seller, "identity", "tax")
    shown = text(as_person_of(seller).post(here(seller), {**DETAILS, "entity": "company"}))
    assert "company registration" in shown


def test_a_wrong_tax_number_is_said_and_an_empty_one_keeps_ours():
    seller = make_seller()
    client = as_person_of(seller)
    papers(seller, "identity", "tax")
    assert "a letter, nine digits and a letter" in text(client.post(here(seller), {**DETAILS, "tax_number": "12"}))
    client.post(here(seller), DETAILS)
    Verification.objects.update(status="rejected", note="Wrong address", decided_at=timezone.now(), decided_by=1)
    client.post(here(seller), {**DETAILS, "tax_number": ""})
    row = Verification.objects.get()
    assert (row.status, row.note, row.decided_at, row.decided_by) == ("submitted", "", None, None)
    assert row.tax_number_hint == "...78Z"


@pytest.mark.parametrize("status", ["submitted", "approved"])
def test_nothing_changes_under_the_eyes_of_who_looks_at_it(status):
    seller = make_seller()
    papers(seller, "identity")
    Verification.objects.update(status=status)
    client = as_person_of(seller)
    client.post(here(seller), {"add": "1", "kind": "tax", "upload": upload()})
    client.post(here(seller), {"drop": str(VerificationDocument.objects.get().pk)})
    client.post(here(seller), DETAILS)
    assert VerificationDocument.objects.count() == 1
    assert Verification.objects.get().status == status


def test_a_paper_can_be_taken_out_and_is_gone(django_capture_on_commit_callbacks):
    seller = make_seller()
    papers(seller, "identity")
    path = VerificationDocument.objects.get().path
    with django_capture_on_commit_callbacks(execute=True):
        as_person_of(seller).post(here(seller), {"drop": str(VerificationDocument.objects.get().pk)})
    assert not VerificationDocument.objects.exists()
    assert not documents_storage().exists(path)


def test_nobody_takes_out_anothers_paper():
    theirs, own = make_seller(), make_seller("Own")
    papers(theirs, "identity")
    papers(own, "identity")
    document = VerificationDocument.objects.get(verification__seller=theirs)
    as_person_of(own).post(here(own), {"drop": str(document.pk)})
    assert VerificationDocument.objects.filter(pk=document.pk).exists()


def test_managers_and_staff_hand_in_nothing():
    seller = make_seller()
    for client in (as_person_of(seller, "manager"), as_role("Finance")):
        for form in (DETAILS, {"add": "1", "kind": "identity", "upload": upload()}):
            assert client.post(here(seller), form).headers["Location"] == "/admin/"
    assert not Verification.objects.exists()
