"""Bank files at the desk: made of what waits, taken out on record, confirmed by the bank's report or by hand."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.audit.models import LogEntry
from marketplace.core import outbox
from marketplace.payments.errors import Malformed
from marketplace.payments.models import BankFile, BankFileDownload
from marketplace.payouts.errors import OwnPayout
from marketplace.payouts.models import Payout
from marketplace.sellers.services import join_shop
from tests.factories.payouts import make_payable, make_payout, sent
from tests.marketplace.payouts.pages import as_role, text

pytestmark = pytest.mark.django_db
HERE = "/admin/payouts/bank-files/"


@pytest.fixture
def finance(db):
    return as_role("Finance", recent=True)


@pytest.fixture
def waiting() -> list[Payout]:
    return [sent(make_payout(make_payable(), gross)) for gross in (100_000, 250_000)]


def made(finance) -> BankFile:
    finance.post(HERE, {"currency": "KES", "execute_on": "2030-01-02"})
    return BankFile.objects.get()


def status(payout: Payout) -> str:
    outbox.drain()
    return Payout.objects.get(pk=payout.pk).status


def test_what_waits_adds_up_and_goes_into_one_file(finance, waiting):
    listed = text(finance.get(HERE))
    assert "KES 3,500" in listed
    assert waiting[0].code in listed
    file = made(finance)
    assert (file.lines, file.total_minor, str(file.execute_on)) == (2, 350_000, "2030-01-02")
    assert "No approved payout to a bank account is waiting" in text(finance.get(HERE))
    finance.post(HERE, {"currency": "KES"})
    finance.post(HERE, {"currency": "USD"})
    assert BankFile.objects.count() == 1


def test_the_file_is_the_same_each_time_and_each_time_is_on_record(finance, waiting):
    file = made(finance)
    taken = [finance.post(f"{HERE}{file.pk}/csv/") for _ in range(2)]
    assert taken[0].content == taken[1].content
    assert waiting[0].code.encode() in taken[0].content
    assert taken[0].headers["Content-Disposition"] == f'attachment; filename="{file.code}.csv"'
    assert b"pain.001" in finance.post(f"{HERE}{file.pk}/pain001/").content
    assert finance.get(f"{HERE}{file.pk}/csv/").status_code == 302
    assert finance.post(f"{HERE}{file.pk}/exe/").status_code == 404
    assert BankFileDownload.objects.filter(actor_id=finance.user.pk).count() == 3


def test_the_banks_report_settles_the_lines(finance, waiting):
    file = made(finance)
    taken = finance.post(f"{HERE}{file.pk}/csv/").content.decode("utf-8-sig")
    one, two = (row["end_to_end_id"] for row in csv.DictReader(io.StringIO(taken)))
    report = f"end_to_end_id,status,reason\n{one},paid,\n{two},failed,closed\nSTRANGER,paid,\n"
    done = finance.post(f"{HERE}{file.pk}/", {"report": SimpleUploadedFile("r.csv", report.encode())}, follow=True)
    assert "1 paid, 1 failed" in text(done)
    assert "please look at them: STRANGER" in text(done)
    assert {status(payout) for payout in waiting} == {"paid", "failed"}
    again = finance.post(f"{HERE}{file.pk}/", {"report": SimpleUploadedFile("r.csv", b"hello")})
    assert str(Malformed.message) in text(again)


def test_a_payout_is_settled_by_hand_with_evidence(finance, waiting):
    payout = waiting[0]
    made(finance)
    url = f"/admin/payouts/settle/{payout.pk}/"
    assert "required" in text(finance.post(url, {"paid": "yes", "evidence": ""}))
    finance.post(url, {"paid": "yes", "evidence": "Statement of 2 January, line 7"})
    assert status(payout) == "paid"
    assert LogEntry.objects.get(action="payout.settled_by_hand").data["evidence"].endswith("line 7")


def test_nobody_says_how_their_own_shops_payouts_ended(finance, waiting):
    file, payout = made(finance), waiting[0]
    taken = finance.post(f"{HERE}{file.pk}/csv/").content.decode("utf-8-sig")
    names = [row["end_to_end_id"] for row in csv.DictReader(io.StringIO(taken))]
    report = "end_to_end_id,status\n" + "".join(f"{name},failed\n" for name in names)
    join_shop(seller=payout.seller, user=finance.user, role="manager", actor_id=None)
    upload = finance.post(f"{HERE}{file.pk}/", {"report": SimpleUploadedFile("r.csv", report.encode())})
    by_hand = finance.post(f"/admin/payouts/settle/{payout.pk}/", {"paid": "no", "evidence": "It came back"})
    for answer in (upload, by_hand):
        assert str(OwnPayout.message) in text(answer)
    assert {status(payout) for payout in waiting} == {"sending"}


@pytest.mark.parametrize("role", ["Editors", "Support", "Sellers"])
def test_nobody_else_comes_near(role, finance, waiting):
    file = made(finance)
    client = as_role(role, recent=True)
    for url in (HERE, f"{HERE}{file.pk}/", f"{HERE}{file.pk}/csv/", f"/admin/payouts/settle/{waiting[0].pk}/"):
        for ask in (client.get, client.post):
            assert ask(url).headers.get("Location") == "/admin/", url
    assert not BankFileDownload.objects.exists()


@pytest.mark.parametrize("url", [HERE, "{file}", "{file}csv/", "/admin/payouts/settle/{payout}/"])
def test_an_open_session_is_not_enough(finance, waiting, url):
    file = made(finance)
    client = as_role("Finance")
    address = url.format(file=f"{HERE}{file.pk}/", payout=waiting[0].pk)
    for ask in (client.get, client.post):
        assert ask(address).headers["Location"].startswith("/accounts/reauthenticate/")
