from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.template.loader import get_template
from django.utils import translation

from marketplace.core.conf import site_url
from marketplace.core.jobs import enqueue
from marketplace.notifications import conf
from marketplace.notifications.attachments import AttachmentRef
from marketplace.notifications.models import Message


def queue(
    *,
    key: str,
    template: str,
    to: str,
    context: dict[str, Any],
    attachments: Iterable[AttachmentRef] = (),
    locale: str = "en",
) -> Message:
    """Render a mail now and send it after commit, once per `key` however often this is called.

    `template` names `templates/emails/<template>.{subject.txt,txt,html}`. Rendering now means the mail says what was
    true when it was promised, and a broken template is heard by the caller, not lost in a worker.
    """
    known = Message.objects.filter(key=key).first()
    if known is not None:
        return known
    with translation.override(locale):
        frame = {"site_name": conf.site_name(), "site_url": site_url(), "LANGUAGE_CODE": locale}
        rendered = render(template, {**frame, **context})
    message, created = Message.objects.get_or_create(
        key=key,
        defaults={
            "template": template,
            "to": to,
            "locale": locale,
            "status": Message.Status.WAITING,
            "attachments": [ref.as_json() for ref in attachments],
            **rendered,
        },
    )
    if created:
        transaction.on_commit(partial(enqueue, "notifications.send_waiting"))
    return message


def render(template: str, context: dict[str, Any]) -> dict[str, str]:
    """The three parts. Subject and text are plain: nothing is HTML-escaped there, and a subject is one line."""
    subject = _plain(f"emails/{template}.subject.txt", context)
    return {
        "subject": " ".join(subject.split())[:250],
        "text": _plain(f"emails/{template}.txt", context).strip() + "\n",
        "html": get_template(f"emails/{template}.html").render(dict(context)),
    }


def _plain(name: str, context: dict[str, Any]) -> str:
    # Django escapes whatever the file is called, and {% autoescape off %} would have to be remembered in every part.
    from django.template import Context

    return str(get_template(name).template.render(Context(dict(context), autoescape=False)))  # type: ignore[attr-defined]
