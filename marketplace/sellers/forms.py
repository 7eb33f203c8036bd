"""Forms in which a confined seller can name only what is theirs to use.

A chooser shows only own things, but a posted form may carry any id: the fields themselves must refuse it, in plain
foreign keys, in inline rows and inside StreamFields and rich text alike. A refused form is shown again, and would then
show what it was refused for; so a foreign choice is forgotten first, and a story with foreign things ends the request.
What stands there already may stay.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.forms import ModelChoiceField
from django.utils.translation import gettext_lazy as _

from marketplace.sellers.policy import reach
from marketplace.sellers.usable import usable

NOT_YOURS = _("This refers to something that is not yours to use.")


class ConfinedForm:
    """Mix in before `WagtailAdminPageForm` or `WagtailAdminModelForm`, and set as the model's `base_form_class`."""

    instance: Any
    for_user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.forged: list[tuple[Any, str]] = []
        if reach(self.for_user) is None:
            return
        rows = [form for formset in getattr(self, "formsets", {}).values() for form in formset.forms]
        for form in (self, *rows):
            self.forged += [(form, name) for name in _narrow(form, self.for_user)]
            _refuse_foreign_mentions(form, self.for_user)

    def is_valid(self) -> bool:
        valid: bool = super().is_valid()  # type: ignore[misc]
        for form, name in self.forged:
            form.add_error(name, NOT_YOURS)
        return valid and not self.forged


def _narrow(form: Any, user: Any) -> Iterator[str]:
    """Leave in each choice what the user may use; forget and name the fields in which something else was sent."""
    for name, field in form.fields.items():
        if not isinstance(field, ModelChoiceField) or field.queryset is None:
            continue
        allowed = usable(user, field.queryset)
        present = getattr(form.instance, f"{name}_id", None)
        field.queryset = field.queryset.filter(Q(pk__in=allowed.values("pk")) | Q(pk=present))
        key = form.add_prefix(name)
        if form.is_bound and form.data.get(key) and not _offered(field, form.data[key]):
            form.data = form.data.copy()
            form.data[key] = ""
            yield name


def _offered(field: Any, value: str) -> bool:
    try:
        field.to_python(value)
    except ValidationError:
        return False
    return True


def _refuse_foreign_mentions(form: Any, user: Any) -> None:
    """Raise `PermissionDenied` when a rich text or StreamField newly mentions what the user may not use."""
    columns = {column.name: column for column in form.instance._meta.concrete_fields}
    for name, field in form.fields.items():
        column: Any = columns.get(name)
        if not form.is_bound or not hasattr(column, "extract_references"):
            continue
        sent = field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        standing = set(_mentions(column, column.value_from_object(form.instance)))
        for model, pk in set(_mentions(column, sent)) - standing:
            if not usable(user, model._default_manager.filter(pk=pk)).exists():
                raise PermissionDenied


def _mentions(column: Any, value: Any) -> Iterator[tuple[Any, str]]:
    """(model, primary key) of everything the value of such a column mentions."""
    for model, pk, *_path in column.extract_references(value) if value else ():
        yield model, str(pk)
