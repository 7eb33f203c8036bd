"""The desk where payouts are reviewed: what a reviewer sees, who may decide, and that a decision is deliberate."""

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.audit.models import LogEntry
from marketplace.core import outbox
from marketplace.payouts.models import Payout, PayoutItem, PayoutRun, PayoutSkip, Verification
from marketplace.payouts.services import fill_runs, keep_document, submit_verification
from marketplace.sellers.services import join_shop
from tests.factories.commerce import make_seller
from tests.factories.payouts import heard, make_available, make_payable, make_payout, sent
from tests.factories.users import PASSWORD, make_user
from tests.marketplace.payouts.pages import as_role, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture(autouse=True)
def _proposer(db):
    """Number one, in whose name the factories propose: nobody approves what they proposed themselves."""
    make_user()


@pytest.fixture
def finance():
    return as_role("Finance", recent=True)


def decide(payout: Payout, verb: str) -> str:
    return f"/admin/payouts/decision/{verb}/{payout.pk}/"


def row(payout: Payout) -> str:
    return f"/admin/payouts/inspect/{payout.pk}/"


def status(payout: Payout) -> str:
    return Payout.objects.get(pk=payout.pk).status


def quiet_payout() -> Payout:
    """One no rule has anything to say about: the seller was paid there before."""
    seller = make_payable()
    heard(sent(make_payout(seller)), "paid")
    payout = make_payout(seller)
    Payout.objects.filter(pk=payout.pk).update(signals=[])
    return payout


def test_the_list_finds_what_waits_and_what_is_doubtful(finance):
    doubtful, quiet = make_payout(), quiet_payout()
    assert doubtful.signals
    proposed = text(finance.get("/admin/payouts/?status=proposed"))
    assert doubtful.code in proposed
    assert quiet.code in proposed
    some, none = (text(finance.get(f"/admin/payouts/?signals={which}")) for which in ("some", "none"))
    assert doubtful.code in some
    assert doubtful.code not in none
    assert quiet.code in none
    assert quiet.code not in some
    assert quiet.code in text(finance.get("/admin/payouts/?rail=bank_file"))
    assert quiet.code not in text(finance.get("/admin/payouts/?rail=mpesa_b2c"))
    assert quiet.code not in text(finance.get("/admin/payouts/?currency=USD"))
    assert quiet.code in text(finance.get(f"/admin/payouts/?q={quiet.code.lower()}"))
    assert finance.get("/admin/payouts/?status=nonsense&signals=nonsense").status_code == 200


def test_one_page_says_what_a_reviewer_has_to_know(finance):
    seller = make_payable()
    last = heard(sent(make_payout(seller)), "paid")
    payout = make_payout(seller, 250_000, reference="ORDERX")
    shown = text(finance.get(row(payout)))
    for said in ("KES 2,500", "Sales that became available", "ORDERX", f"The last one was {last.code}",
                 "KES 1,500 more", payout.destination.hint, "Destination in use for", "verified", "0 of 1",
                 "None yet.", payout.run.code):  # fmt: skip
        assert said in shown, said
    doubtful = make_payout()
    shown = text(finance.get(row(doubtful)))
    for one in doubtful.signals:
        assert one["text"].replace("'", "&#x27;") in shown
        assert f">{one['weight']}<" in shown


def test_approving_asks_who_is_there_then_asks_again_then_sends():
    payout, client = make_payout(), as_role("Finance")
    asked = client.get(decide(payout, "approve"))
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    assert client.post(decide(payout, "approve")).headers["Location"].startswith("/accounts/reauthenticate/")
    assert status(payout) == "proposed"
    client.post(asked.headers["Location"], {"password": PASSWORD})
    assert payout.seller.name in text(client.get(decide(payout, "approve")))
    assert client.post(decide(payout, "approve")).headers["Location"] == row(payout)
    assert status(payout) == "approved"
    outbox.drain()
    assert status(payout) == "sending"
    shown = text(client.get(row(payout)))
    assert str(client.user) in shown
    assert "2140 Payout in transit" in shown


def test_a_large_payout_needs_two_people(finance, settings):
    settings.PAYOUT_SECOND_APPROVAL = {"KES": 50_000}
    payout = make_payout()
    assert "0 of 2" in text(finance.get(row(payout)))
    noted = text(finance.post(decide(payout, "approve"), follow=True))
    assert "A second person must agree" in noted
    assert "1 of 2" in noted
    assert "a second person must agree" in text(finance.post(decide(payout, "approve")))
    page = text(finance.get(row(payout)))
    assert "a second person must agree" in page
    assert decide(payout, "approve") not in page
    assert decide(payout, "hold") in page
    assert status(payout) == "proposed"
    as_role("Admins", recent=True).post(decide(payout, "approve"))
    assert status(payout) == "approved"


@pytest.mark.parametrize(("verb", "becomes"), [("hold", "held"), ("reject", "rejected"), ("cancel", "cancelled")])
def test_saying_no_needs_a_reason_that_the_seller_reads(finance, verb, becomes):
    payout = make_payout()
    assert "Please give a reason" in text(finance.post(decide(payout, verb), {"reason": "  "}))
    assert status(payout) == "proposed"
    finance.post(decide(payout, verb), {"reason": "The venue says no"})
    assert status(payout) == becomes
    assert "The venue says no" in text(finance.get(row(payout)))


def test_stopping_is_never_slowed_down_and_a_reason_typed_is_kept():
    payout, client = make_payout(), as_role("Finance")
    client.post(decide(payout, "hold"), {"reason": "Wait"})
    assert status(payout) == "held"
    asked = client.post(decide(payout, "reject"), {"reason": "A long explanation"})
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    client.post(asked.headers["Location"], {"password": PASSWORD})
    assert "A long explanation" in text(client.get(decide(payout, "reject")))


def test_letting_go_starts_the_review_anew(finance):
    payout = make_payout()
    finance.post(decide(payout, "hold"), {"reason": "Wait"})
    assert "Let go" in text(finance.get(row(payout)))
    finance.post(decide(payout, "let-go"))
    assert status(payout) == "proposed"


def test_decisions_that_do_not_fit_say_so_and_change_nothing(finance):
    payout = sent(make_payout())
    assert decide(payout, "approve") not in text(finance.get(row(payout)))
    assert "decided already" in text(finance.post(decide(payout, "approve")))
    assert finance.get(decide(payout, "burn")).status_code == 404
    assert finance.get("/admin/payouts/decision/approve/999999/").status_code == 404


def test_nobody_lets_money_go_to_their_own_shop(finance):
    payout = make_payout()
    join_shop(seller=payout.seller, user=finance.user, role="manager", actor_id=None)
    assert "act for this seller" in text(finance.post(decide(payout, "approve")))
    assert status(payout) == "proposed"


@pytest.mark.parametrize("role", ["Editors", "Support"])
def test_other_roles_decide_nothing(role):
    payout, client = quiet_payout(), as_role(role, recent=True)
    addresses = ["/admin/payouts/", row(payout), decide(payout, "approve"), "/admin/payouts/approvals/",
                 "/admin/payouts/run/", "/admin/verifications/"]  # fmt: skip
    for url in addresses:
        for ask in (client.get, client.post):
            assert ask(url).headers.get("Location") == "/admin/", url
    assert status(payout) == "proposed"


def test_many_are_approved_after_a_look_at_what_they_add_up_to(finance):
    one, two, doubtful = quiet_payout(), quiet_payout(), make_payout()
    listed = text(finance.get("/admin/payouts/approvals/"))
    assert one.code in listed
    assert doubtful.code not in listed
    assert "KES 2,000" in listed
    chosen = {"payout": [one.pk, doubtful.pk, "x"]}
    preview = text(finance.post("/admin/payouts/approvals/", chosen))
    assert one.code in preview
    assert two.code not in preview
    assert doubtful.code not in preview
    assert status(one) == "proposed"
    finance.post("/admin/payouts/approvals/", {**chosen, "confirmed": "1"})
    assert [status(each) for each in (one, two, doubtful)] == ["approved", "proposed", "proposed"]


def test_one_refusal_among_many_stops_no_other(finance):
    one, own = quiet_payout(), quiet_payout()
    join_shop(seller=own.seller, user=finance.user, role="manager", actor_id=None)
    done = finance.post("/admin/payouts/approvals/", {"payout": [one.pk, own.pk], "confirmed": "1"}, follow=True)
    assert "1 payout approved" in text(done)
    assert own.code in text(finance.get("/admin/payouts/?status=proposed"))
    assert status(one) == "approved"


def test_a_run_is_looked_at_before_it_is_made(finance):
    paid, left_out = make_payable(), make_seller("Left Out")
    make_available(paid, 123_400)
    make_available(left_out)
    preview = text(finance.get("/admin/payouts/run/"))
    assert "KES 1,234" in preview
    assert "Left Out" in preview
    assert "hand in the verification" in preview
    assert not PayoutRun.objects.exists()
    assert not Payout.objects.exists()
    begun = text(finance.post("/admin/payouts/run/", follow=True))
    assert f"Run {PayoutRun.objects.get().code} has begun" in begun
    assert "0 payouts proposed" in begun
    assert "Wait until it has ended" in text(finance.post("/admin/payouts/run/", follow=True))
    fill_runs()
    done = text(finance.get("/admin/payouts/run/"))
    assert "1 payout proposed" in done
    assert "so far" not in done
    assert Payout.objects.get().net_minor == 123_400
    assert PayoutSkip.objects.get().seller == left_out
    assert "You proposed this" in text(finance.post(decide(Payout.objects.get(), "approve")))


def test_looking_at_a_run_costs_the_same_for_many_sellers(finance, django_assert_max_num_queries):
    for _ in range(12):
        make_available(make_payable())
        make_available(make_seller())
    text(finance.get("/admin/payouts/"))
    with django_assert_max_num_queries(24):
        assert text(finance.get("/admin/payouts/run/")).count("hand in the verification") == 12


@pytest.fixture
def application():
    seller = make_seller("Kikapu Crafts")
    for kind in ("identity", "tax"):
        upload = SimpleUploadedFile(f"{kind}.pdf", b"%PDF-1.7 secret paper")
        keep_document(seller=seller, kind=kind, upload=upload, actor_id=None)
    return submit_verification(
        seller_id=seller.pk, actor_id=None, entity="person", legal_name="Wanjiru Kamau", country="KE",
        tax_number="A012345678Z", address="Moi Avenue",
    )  # fmt: skip


def test_papers_are_saved_not_shown_and_each_opening_is_on_record(finance, application):
    document = application.documents.first()
    assert f"/admin/verification-papers/{document.pk}/" in text(
        finance.get(f"/admin/verifications/inspect/{application.pk}/")
    )
    response = finance.get(f"/admin/verification-papers/{document.pk}/")
    assert b"".join(response.streaming_content) == b"%PDF-1.7 secret paper"
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response.headers["Cache-Control"]
    opened = LogEntry.objects.get(action="verification.document_opened")
    assert (opened.actor_id, opened.data["document"]) == (finance.user.pk, str(document.pk))


def test_an_application_is_approved_after_a_fresh_proof(application):
    client = as_role("Finance")
    url = f"/admin/verification-decision/{application.pk}/"
    assert client.get(url).headers["Location"].startswith("/accounts/reauthenticate/")
    assert client.post(url, {"approve": "yes"}).headers["Location"].startswith("/accounts/reauthenticate/")
    assert Verification.objects.get().status == "submitted"
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": url})
    client.post(url, {"approve": "yes"})
    assert Verification.objects.get().status == "approved"


def test_what_is_missing_is_said(finance, application):
    url = f"/admin/verification-decision/{application.pk}/"
    assert "give a reason" in text(finance.post(url, {"approve": "no", "note": ""}))
    finance.post(url, {"approve": "no", "note": "The card is not readable"})
    assert Verification.objects.get().note == "The card is not readable"


@pytest.mark.parametrize("url", ["/admin/payouts/", "inspect", "/admin/verifications/", "/admin/payouts/approvals/"])
def test_desks_ask_the_database_little_however_much_was_sold(finance, url):
    payout = quiet_payout()
    PayoutItem.objects.bulk_create(
        PayoutItem(payout=payout, posting_id=f"00000000-0000-4000-8000-{n:012d}", at=payout.until, kind="release",
                   reference=f"O{n}", label=f"1 x Show {n}", minor=1)
        for n in range(10_000)
    )  # fmt: skip
    for _ in range(3):
        quiet_payout()
    if url == "inspect":
        url = row(sent(payout))
    text(finance.get(url))
    with CaptureQueriesContext(connection) as queries:
        text(finance.get(url))
    assert len(queries) < 25, "\n".join(query["sql"][:150] for query in queries)
