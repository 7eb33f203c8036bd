from typing import Any

from wagtail.admin.forms import WagtailAdminModelForm

from marketplace.sellers.forms import ConfinedForm
from marketplace.sellers.policy import reach


class VenueForm(ConfinedForm, WagtailAdminModelForm):
    """Shared venues are the marketplace's to make: a confined seller's venue is always an own one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reach(self.for_user) is None or "seller" not in self.fields:
            return
        field = self.fields["seller"]
        field.required = True
        field.help_text = ""
        if self.instance.seller_id is None and len(found := list(field.queryset[:2])) == 1:
            self.initial["seller"] = found[0].pk
