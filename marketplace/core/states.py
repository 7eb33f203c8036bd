"""States are data with one door. Subclasses declare `Status`, `MOVES` and a CheckConstraint on the column."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import ClassVar, Self

from django.db import models, transaction


class IllegalMove(Exception):
    """A bug or a lost race: the row may not go from where it is to where the caller wants it."""


class StateMachine(models.Model):
    """A row with a status that only `move_to()` changes, under the row's lock."""

    MOVES: ClassVar[Mapping[str, AbstractSet[str]]] = {}

    status = models.CharField(max_length=20, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def locked(cls, pk: object) -> Self:
        """Fetch the row under its lock; only inside a transaction. Rows that refer to it may come meanwhile."""
        return cls._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=pk)

    def can_move_to(self, target: str) -> bool:
        return target in self.MOVES[self.status]

    def move_to(self, target: str, *, also: tuple[str, ...] = ()) -> None:
        """Go to `target` or raise `IllegalMove`. The caller holds the row lock; `also` names fields saved with it."""
        if not transaction.get_connection().in_atomic_block:
            raise IllegalMove(f"{self}: moves happen inside a transaction, under the row lock")
        if not self.can_move_to(target):
            raise IllegalMove(f"{self}: {self.status} -> {target}")
        self.status = target
        self.save(update_fields=["status", *also])


def status_check(name: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    """The database's own copy of the list of states."""
    return models.CheckConstraint(name=name, condition=models.Q(status__in=choices.values))
