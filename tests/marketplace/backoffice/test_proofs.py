"""The proofs desk: what was proved, by whom it may be asked for, which alerts are open."""

import pytest
from django.test import Client

from marketplace.audit.models import LogEntry
from marketplace.audit.services import record
from marketplace.core.models import Seal
from marketplace.ledger import checks
from marketplace.ledger.checks import Finding
from marketplace.ledger.models import ProofRun
from marketplace.ledger.services import prove, seal
from marketplace.notifications.models import Alert
from marketplace.notifications.services import raise_alert
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db

DESK = "/admin/proofs/"


def as_role(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role=role))
    return client


def text(client: Client, query: str = "") -> str:
    response = client.get(DESK + query)
    assert response.status_code == 200, response.headers.get("Location")
    return response.content.decode()


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> ProofRun:
    monkeypatch.setattr(checks, "_checks", {})
    checks.check("orders and sales agree")(
        lambda: iter([Finding("order 7GQ2", "is paid, and <b>nothing</b> was booked")])
    )
    return prove()


def test_nothing_was_proved_yet():
    assert "Not proved yet" in text(as_role("Finance"))


def test_what_is_wrong_is_named_with_its_first_rows(wrong: ProofRun):
    page = text(as_role("Finance"))
    assert "The books are not proved" in page
    assert "order 7GQ2" in page
    assert "is paid, and &lt;b&gt;nothing&lt;/b&gt; was booked" in page
    assert "1 check of the books failed" in page, "the alert"


def test_an_earlier_run_can_be_looked_at(wrong: ProofRun, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checks, "_checks", {})
    prove()
    finance = as_role("Finance")
    assert "The books are proved" in text(finance)
    assert "The books are not proved" in text(finance, f"?run={wrong.pk}")
    assert "The books are proved" in text(finance, "?run=nonsense")


def test_rows_without_a_seal_are_counted_with_their_age():
    user = make_user(role="Finance")
    for _ in range(3):
        record(action="test.done", target=user, actor_id=None)
    client = Client()
    client.force_login(user)
    waiting = LogEntry.objects.count()
    assert f'<td class="desk__number">{waiting}</td><td>0\xa0minutes old</td>' in text(client)
    seal()
    assert "minutes old" not in text(client)
    assert Seal.objects.get(chain="audit.logentry").hash[:12] in text(client)


@pytest.mark.parametrize("role", ["Finance", "Admins"])
def test_who_may_ask_for_a_proof_does(role: str, monkeypatch: pytest.MonkeyPatch):
    from celery import current_app

    client = as_role(role)
    assert "Prove now" in text(client)
    asked: list[tuple[str, dict[str, int]]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **options: asked.append((name, options["kwargs"])))
    assert client.post(DESK).status_code == 302
    assert asked == [("ledger.prove", {"actor_id": int(client.session["_auth_user_id"])})]


def test_the_task_seals_and_proves():
    from marketplace.ledger.tasks import prove as task

    record(action="test.done", target=make_user(), actor_id=None)
    task(actor_id=7)
    run = ProofRun.objects.get()
    assert (run.passed, run.asked_by) == (True, 7)
    assert run.heads.keys() == {"audit.logentry"}


def test_who_asked_is_named_even_after_the_account_is_gone():
    asker = make_user(role="Finance", first_name="Wairimu", last_name="Kariuki")
    prove(actor_id=asker.pk)
    prove()
    prove(actor_id=987_654)
    page = text(as_role("Finance"))
    for who in ("Wairimu Kariuki", "the clock", "#987654"):
        assert who in page


@pytest.mark.parametrize("role", ["Editors", "Support", "Sellers"])
def test_others_see_and_start_nothing(role: str):
    client = as_role(role)
    assert client.get(DESK).status_code == 302
    assert client.post(DESK).headers["Location"] == "/admin/"
    assert "/admin/proofs/" not in client.get("/admin/").content.decode()


def test_an_alert_is_closed_by_the_person_who_dealt_with_it():
    alert = raise_alert(code="float_low", key="float", subject="The float is low", text="KES 5 left.")
    finance = as_role("Finance")
    assert "The float is low" in text(finance)
    finance.post(DESK, {"close": alert.pk})
    assert Alert.objects.get().closed_at is not None
    assert LogEntry.objects.filter(action="alert.closed", target_id=str(alert.pk)).count() == 1
    assert "The float is low" not in text(finance)
    assert finance.post(DESK, {"close": alert.pk}).status_code == 302
    assert finance.post(DESK, {"close": "x"}).headers["Location"] == "/admin/"
    assert LogEntry.objects.filter(action="alert.closed").count() == 1


def test_open_alerts_stand_on_the_first_page():
    raise_alert(code="float_low", key="float", subject="The float is low", text="KES 5 left.")
    page = as_role("Finance").get("/admin/").content.decode()
    assert '<strong>1</strong> <a href="/admin/proofs/">open alerts</a>' in page
    assert "open alerts" not in as_role("Editors").get("/admin/").content.decode()
