from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.catalog.forms import SellablePageForm
from marketplace.events.models.occurrence import Occurrence


class EventPageForm(SellablePageForm):
    """A draft may be half done; what is published says where it takes place."""

    settled = ("seller", "timezone")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        nowhere = cleaned.get("attendance") != "online" and cleaned.get("venue") is None
        if nowhere and not self.is_deferred_validation and "venue" in self.fields:
            self.add_error("venue", _("Where does it take place? Choose a venue, or make it an online event."))
        return cleaned

    def has_rows(self) -> bool:
        return Occurrence.objects.filter(event__translation_key=self.instance.translation_key).exists()
