from typing import Any

import pytest
from django.db import transaction
from django.template import TemplateDoesNotExist
from django.utils import translation

from marketplace.notifications import services
from marketplace.notifications.models import Message

pytestmark = pytest.mark.django_db


def queue(**changes: Any) -> Message:
    fields: dict[str, Any] = {
        "key": "greeting:1",
        "template": "greeting",
        "to": "asha@example.com",
        "context": {"name": "Asha"},
    }
    return services.queue(**{**fields, **changes})


def test_it_renders_at_once_and_waits():
    message = queue()
    assert (message.subject, message.text, message.html) == (
        "Karibu Asha at Sokoni", "Hello Asha\n", "<p>Hello Asha</p>",
    )  # fmt: skip
    assert message.status == "waiting"


def test_the_same_key_twice_is_one_mail():
    first, second = queue(), queue(context={"name": "someone else"})
    assert first.pk == second.pk
    assert Message.objects.get().subject == "Karibu Asha at Sokoni"


def test_plain_parts_are_not_html_escaped_and_the_html_part_is():
    message = queue(context={"name": "Tom & <Jerry>"})
    assert message.text == "Hello Tom & <Jerry>\n"
    assert message.subject.startswith("Karibu Tom & <Jerry>")
    assert message.html == "<p>Hello Tom &amp; &lt;Jerry&gt;</p>"


def test_a_subject_cannot_smuggle_a_header():
    message = queue(context={"name": "x\r\nBcc: everyone@example.com"})
    assert "\n" not in message.subject
    assert "\r" not in message.subject


def test_it_speaks_the_language_of_the_buyer(greeting):
    (greeting / "greeting.txt").write_text("{% load i18n %}{% get_current_language as l %}{{ l }} {{ LANGUAGE_CODE }}")
    with translation.override("en"):
        assert queue(locale="sw").text == "sw sw\n"


def test_a_broken_template_is_heard_by_the_caller():
    with pytest.raises(TemplateDoesNotExist):
        queue(template="nowhere")
    assert not Message.objects.exists()


def test_it_asks_a_worker_only_after_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        queue()
        queue()
    assert len(callbacks) == 1


def test_a_rolled_back_promise_sends_nothing():
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert not Message.objects.exists()
