"""Forms in which a confined seller can name only what is theirs to use.

A chooser shows only own things, but a posted form may carry any id: the fields themselves must refuse it, in plain
foreign keys, in inline rows and inside StreamFields and rich text alike. What stands there already may stay.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.forms import BaseForm, ModelChoiceField
from django.utils.translation import gettext_lazy as _

from marketplace.sellers.usable import usable


class ConfinedForm:
    """Mix in before `WagtailAdminPageForm` or `WagtailAdminModelForm`, and set as the model's `base_form_class`."""

    instance: Any
    for_user: Any
    formsets: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._standing = set(_references(self.instance)) if self.instance.pk else set()
        rows = [form for formset in getattr(self, "formsets", {}).values() for form in formset.forms]
        for form in (self, *rows):
            _narrow(form, self.for_user)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()  # type: ignore[misc]
        for name, value in cleaned.items():
            new = set(_references_in(self.instance, name, value)) - self._standing
            if any(not usable(self.for_user, model._default_manager.filter(pk=pk)).exists() for model, pk in new):
                self.add_error(name, _("This refers to something that is not yours to use."))  # type: ignore[attr-defined]
        return cleaned


def _narrow(form: Any, user: Any) -> None:
    assert isinstance(form, BaseForm)  # noqa: S101 - for the type checker: formsets are untyped
    for name, field in form.fields.items():
        if isinstance(field, ModelChoiceField) and field.queryset is not None:
            allowed = usable(user, field.queryset)
            present = getattr(getattr(form, "instance", None), f"{name}_id", None)
            field.queryset = field.queryset.filter(Q(pk__in=allowed.values("pk")) | Q(pk=present))


def _references(instance: Any) -> Iterator[tuple[Any, Any]]:
    for field in instance._meta.concrete_fields:
        if hasattr(field, "extract_references"):
            yield from _references_in(instance, field.name, field.value_from_object(instance))


def _references_in(instance: Any, name: str, value: Any) -> Iterator[tuple[Any, Any]]:
    """(model, primary key) of everything a rich text or StreamField value mentions."""
    field = {found.name: found for found in instance._meta.concrete_fields}.get(name)
    if value and field is not None and hasattr(field, "extract_references"):
        for model, pk, *_path in field.extract_references(value):
            yield model, str(pk)
