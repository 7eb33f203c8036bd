"""People with accounts, as they are after signing up and confirming their address."""

from itertools import count

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from marketplace.users.models import User

_numbers = count(1)
PASSWORD = "a-long-enough-secret"


def make_user(email: str = "", *, role: str = "", password: str = PASSWORD, verified: bool = True, **fields) -> User:
    """`role` names a group: Editors, Sellers, Finance, Support, Admins. "superuser" makes one."""
    if role == "superuser":
        fields |= {"is_superuser": True, "is_staff": True}
    user = User.objects.create_user(email or f"person{next(_numbers)}@example.com", password, **fields)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    if role not in ("", "superuser"):
        user.groups.add(Group.objects.get(name=role))
    return user
