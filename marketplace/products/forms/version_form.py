from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.forms import FieldSet, RowForm
from marketplace.products.models import ProductVersion

LARGEST = 2 * 1024**3
"""Bytes. What one upload may weigh; larger things belong into several files."""
REFUSED = (".html", ".htm", ".svg", ".js", ".mjs", ".php", ".xhtml")
"""Never served from our address, but a buyer's browser might open them as if they were ours."""


class VersionForm(RowForm):
    """A release, and with it perhaps its first file."""

    version = forms.RegexField(
        r"^[\w][\w.+-]*$", label=_("Version"), max_length=40, help_text=_("e.g. 2.1.0. Letters, digits, dot, + and -.")
    )
    released_on = forms.DateField(
        label=_("Released on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    channel = forms.ChoiceField(label=_("Channel"), choices=ProductVersion.Channel.choices)
    changelog = forms.CharField(
        label=_("What changed"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )

    sets = (FieldSet(_("Release"), ("version", "released_on", "channel", "changelog")),)

    def __init__(self, *args: Any, row: ProductVersion | None = None, **kwargs: Any) -> None:
        names = ("version", "released_on", "channel", "changelog")
        written = {name: getattr(row, name) for name in names} if row else {"released_on": timezone.localdate()}
        kwargs["initial"] = {**written, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class FileForm(RowForm):
    """A file for a release."""

    upload = forms.FileField(
        label=_("File"),
        help_text=_("Kept in private storage; only buyers can download it. Its checksum is taken here."),
    )
    platform = forms.CharField(
        label=_("For"), max_length=60, required=False, help_text=_("e.g. “Windows”, “macOS (Apple silicon)”.")
    )
    sets = (FieldSet(_("File"), ("upload", "platform")),)

    def clean_upload(self) -> Any:
        upload = self.cleaned_data["upload"]
        if upload.size > LARGEST:
            raise forms.ValidationError(_("This file is larger than 2 GB."))
        if upload.name.lower().endswith(REFUSED):
            raise forms.ValidationError(_("A file of this kind is not offered as such. Put it into an archive."))
        return upload
