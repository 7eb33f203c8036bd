"""Letters about accounts: written by allauth's templates, sent like every other mail of the house."""

from typing import Any

from django.utils.translation import get_language

from marketplace.core.ids import token
from marketplace.notifications.services import queue
from marketplace.users.adapter import AccountAdapter as QuietAdapter


class AccountAdapter(QuietAdapter):
    """Queues instead of sending: a mail server that is away delays a letter, never a log-in or a sign-up."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """`template_prefix` is allauth's, e.g. `account/email/password_reset_key`."""
        letter = self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context})
        queue(
            key=f"account:{template_prefix.rsplit('/', 1)[-1]}:{token()}",  # each request is a letter of its own
            template="account_letter",
            to=email,
            context={
                "subject": letter.subject,
                "text": letter.body,
                "action_url": context.get("activate_url") or context.get("password_reset_url"),
            },
            locale=get_language() or "en",
        )
