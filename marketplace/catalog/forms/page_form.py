from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from marketplace.sellers.forms import ConfinedForm
from marketplace.sellers.models import Seller


class SellablePageForm(ConfinedForm, WagtailAdminPageForm):
    """The form of a page that sells something. What its offers were built on stays as it is once there are any."""

    settled: ClassVar[tuple[str, ...]] = ("seller",)
    """Fields that may not change while the page has rows, whatever a draft or an old revision says."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "seller" in self.fields:
            self._offer_only_seller(self.fields["seller"])

    def _offer_only_seller(self, field: Any) -> None:
        """Who sells for one seller need not say so."""
        if self.instance.seller_id is None and len(found := list(field.queryset[:2])) == 1:
            field.initial = found[0].pk
            self.initial["seller"] = found[0].pk

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.pk and self.has_rows():
            standing = type(self.instance).objects.filter(pk=self.instance.pk).values(*self.settled).get()
            for name in self.settled:
                given = cleaned.get(name)
                if given is not None and standing[name] != (given.pk if isinstance(given, Seller) else given):
                    self.add_error(name, _("This stays as it is, because something is on sale here already."))
        return cleaned

    def has_rows(self) -> bool:
        """Is anything sold on this page, in whichever language it was entered?"""
        raise NotImplementedError
