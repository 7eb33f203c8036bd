"""Dialogs about versions and their files."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.products.forms import FileForm, VersionForm
from marketplace.products.panels import VERSIONS_TAB
from marketplace.products.services import delete_version, put_version, remove_file, set_yanked, store_file
from marketplace.products.views.base import FileDialog, ProductDialog, VersionDialog


class AddVersion(ProductDialog):
    title = gettext_lazy("Add a version")
    submit = gettext_lazy("Add version")
    anchor = f"#tab-{VERSIONS_TAB}"

    def form(self, *args: Any, **kwargs: Any) -> VersionForm:
        return VersionForm(*args, **kwargs)

    def perform(self, form: VersionForm) -> str:
        put_version(product=self.page, version_row=None, actor_id=self.actor_id, **form.cleaned_data)
        return _("Version added. Now upload its files.")


class EditVersion(VersionDialog):
    submit = gettext_lazy("Save version")

    def heading(self) -> str:
        return _("Edit version %(version)s") % {"version": self.version.version}

    def form(self, *args: Any, **kwargs: Any) -> VersionForm:
        return VersionForm(*args, row=self.version, **kwargs)

    def perform(self, form: VersionForm) -> str:
        put_version(product=self.page, version_row=self.version, actor_id=self.actor_id, **form.cleaned_data)
        return _("Version saved.")


class AddFile(VersionDialog):
    submit = gettext_lazy("Upload")

    def heading(self) -> str:
        return _("Add a file to version %(version)s") % {"version": self.version.version}

    def form(self, *args: Any, **kwargs: Any) -> FileForm:
        return FileForm(*args, **kwargs)

    def perform(self, form: FileForm) -> str:
        data = form.cleaned_data
        store_file(version=self.version, upload=data["upload"], platform=data["platform"], actor_id=self.actor_id)
        return _("File stored.")


class WithdrawVersion(VersionDialog):
    submit = gettext_lazy("Withdraw")
    danger = True
    text = gettext_lazy("It is not offered for download any more. Its files are kept.")

    def heading(self) -> str:
        return _("Withdraw version %(version)s?") % {"version": self.version.version}

    def perform(self, form: Any) -> str:
        set_yanked(version=self.version, yanked=True, actor_id=self.actor_id)
        return _("Version withdrawn.")


class RestoreVersion(VersionDialog):
    submit = gettext_lazy("Offer again")
    text = gettext_lazy("Buyers can download it again.")

    def heading(self) -> str:
        return _("Offer version %(version)s again?") % {"version": self.version.version}

    def perform(self, form: Any) -> str:
        set_yanked(version=self.version, yanked=False, actor_id=self.actor_id)
        return _("Version offered again.")


class DeleteVersion(VersionDialog):
    submit = gettext_lazy("Delete version")
    danger = True
    text = gettext_lazy("With its files. If the product was ever sold, withdraw the version first.")

    def heading(self) -> str:
        return _("Delete version %(version)s?") % {"version": self.version.version}

    def perform(self, form: Any) -> str:
        delete_version(version=self.version, actor_id=self.actor_id)
        return _("Version deleted.")


class DeleteFile(FileDialog):
    submit = gettext_lazy("Delete file")
    danger = True
    text = gettext_lazy("From storage too. If the product was ever sold, withdraw the version first.")

    def heading(self) -> str:
        return _("Delete %(name)s?") % {"name": self.file.name}

    def perform(self, form: Any) -> str:
        remove_file(file=self.file, actor_id=self.actor_id)
        return _("File deleted.")
