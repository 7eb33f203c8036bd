"""Real SMTP over a real socket: what the server took is what counts."""

import datetime as dt
import logging
import threading

import pytest
import time_machine
from django.db import connections

from marketplace.core.states import IllegalMove
from marketplace.notifications import services
from marketplace.notifications.attachments import _makers
from marketplace.notifications.models import Message
from marketplace.notifications.services import Attachment, AttachmentRef, attaches, deliver

START = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def queue(key="greeting:1", **changes) -> Message:
    fields = {"template": "greeting", "to": "asha@example.com", "context": {"name": "Asha"}}
    return services.queue(key=key, **{**fields, **changes})


@pytest.fixture
def maker():
    yield attaches("test_file")(lambda id: Attachment("a.txt", f"file {id}".encode(), "text/plain") if id else None)
    _makers.pop("test_file")


@pytest.mark.django_db
def test_the_server_gets_text_html_and_stable_headers(smtp):
    message = queue()
    assert services.send_waiting() == 1
    (mail,) = smtp.mails
    assert mail["Subject"] == "Karibu Asha at Sokoni"
    assert mail["To"] == "asha@example.com"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == deliver.message_id(message)
    assert mail["Message-ID"].endswith("@sokoni.example>")
    assert mail.get_body(("plain",)).get_content().strip() == "Hello Asha"
    assert mail.get_body(("html",)).get_content().strip() == "<p>Hello Asha</p>"
    message.refresh_from_db()
    assert (message.status, message.attempts, message.last_error) == ("sent", 1, "")
    assert message.sent_at is not None


@pytest.mark.django_db
def test_a_sent_mail_is_not_sent_again(smtp):
    queue()
    services.send_waiting()
    queue()
    assert services.send_waiting() == 0
    assert len(smtp.mails) == 1


@pytest.mark.django_db
def test_attachments_are_made_when_it_is_sent(smtp, maker):
    queue(attachments=[AttachmentRef("test_file", "7"), AttachmentRef("test_file", "")])
    services.send_waiting()
    (attachment,) = smtp.mails[0].iter_attachments()
    assert (attachment.get_filename(), attachment.get_content().strip()) == ("a.txt", "file 7")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answers",
    [
        {"RCPT": "450 busy"},
        {"MAIL": "451 later"},
        {"DATA": "554 no"},
        {"EHLO": "hangup", "HELO": "hangup"},
        {"after-data": "hangup before taking"},
    ],
)
def test_a_failure_waits_and_is_tried_again(smtp, answers):
    with time_machine.travel(START, tick=False) as clock:
        message = queue()
        smtp.answers = answers
        assert services.send_waiting() == 0
        message.refresh_from_db()
        assert (message.status, message.attempts) == ("waiting", 1)
        assert message.last_error
        smtp.answers = {}
        assert services.send_waiting() == 0, "not before its back-off has passed"
        clock.shift(10)
        assert services.send_waiting() == 1
    assert len(smtp.mails) == 1


@pytest.mark.django_db
def test_a_server_that_is_away_loses_nothing(smtp, settings):
    with time_machine.travel(START, tick=False) as clock:
        message = queue()
        port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
        services.send_waiting()
        message.refresh_from_db()
        assert "ConnectionRefusedError" in message.last_error
        settings.EMAIL_PORT = port
        clock.shift(3600)
        assert services.send_waiting() == 1


@pytest.mark.django_db
def test_an_attachment_that_cannot_be_made_is_tried_again(smtp):
    message = queue(attachments=[AttachmentRef("nobody makes this", "1")])
    services.send_waiting()
    message.refresh_from_db()
    assert message.status == "waiting"
    assert "LookupError" in message.last_error


@pytest.mark.django_db
def test_an_address_that_does_not_exist_is_given_up_at_once(smtp):
    message = queue()
    smtp.answers = {"RCPT": "550 no such mailbox"}
    services.send_waiting()
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("failed", 1)
    assert "550" in message.last_error


@pytest.mark.django_db
def test_after_the_last_try_it_has_failed_and_a_person_can_retry(smtp):
    smtp.answers = {"MAIL": "451 later"}
    with time_machine.travel(START, tick=False) as clock:
        message = queue()
        for tries in range(1, 12):
            message.refresh_from_db()
            assert (message.status, message.attempts) == ("waiting", tries - 1)
            services.send_waiting()
            clock.shift(dt.timedelta(days=1))
        message.refresh_from_db()
        assert (message.status, message.attempts) == ("failed", 11)
        smtp.answers = {}
        assert services.send_waiting() == 0
        services.retry(message_id=message.pk)
        assert services.send_waiting() == 1
    with pytest.raises(IllegalMove):
        services.retry(message_id=message.pk)


@pytest.mark.django_db
def test_a_worker_killed_while_sending_leaves_a_lease_that_ends(smtp):
    with time_machine.travel(START, tick=False) as clock:
        queue()
        assert deliver._claim() is not None
        assert services.send_waiting() == 0, "someone may still be sending it"
        clock.shift(deliver.LEASE)
        assert services.send_waiting() == 1


@pytest.mark.django_db
def test_a_second_copy_carries_the_same_message_id(smtp):
    """Killed between the server's 250 and our mark: sent twice, and both copies say that they are one mail."""
    with time_machine.travel(START, tick=False) as clock:
        queue()
        deliver.compose(deliver._claim()).send()
        clock.shift(deliver.LEASE)
        services.send_waiting()
    first, second = smtp.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


@pytest.mark.django_db
def test_the_log_names_no_address(smtp, caplog):
    smtp.answers = {"RCPT": "450 busy"}
    queue()
    with caplog.at_level(logging.INFO):
        services.send_waiting()
    assert "failed" in caplog.text
    assert "asha@example.com" not in caplog.text


def test_two_workers_at_once_send_each_mail_once(committed_db, smtp):
    for n in range(20):
        queue(key=f"greeting:{n}")

    def work() -> None:
        services.send_waiting()
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(smtp.mails) == 20
    assert len({mail["Message-ID"] for mail in smtp.mails}) == 20
    assert set(Message.objects.values_list("status", "attempts")) == {("sent", 1)}
