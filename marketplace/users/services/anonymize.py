from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction

from marketplace.core import outbox
from marketplace.users.models import User


def anonymize(*, user_id: int, actor_id: int | None) -> User:
    """Forget the person, keep the number: logs, orders and bookings point to it for good.

    Nobody can log in with it again and open sessions end, because the password they were made with is gone. States the
    fact `users.anonymized` {user_id, actor_id}, on which other rooms forget what they know of the person. Repeating it
    changes nothing. `actor_id` is null when the system itself does it.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        if user.email == _nobody(user_id):
            return user
        EmailAddress.objects.filter(user=user).delete()
        Authenticator.objects.filter(user=user).delete()
        user.groups.clear()
        user.user_permissions.clear()
        user.email, user.first_name, user.last_name, user.phone = _nobody(user_id), "", "", ""
        user.is_active = user.is_staff = user.is_superuser = False
        user.last_login = None
        user.set_unusable_password()
        user.save()
        outbox.publish("users.anonymized", user_id=user_id, actor_id=actor_id)
    return user


def _nobody(user_id: int) -> str:
    """RFC 2606 reserves `.invalid`: no mail can ever reach it."""
    return f"erased-{user_id}@sokoni.invalid"
