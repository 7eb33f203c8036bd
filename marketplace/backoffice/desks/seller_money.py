"""What was agreed with sellers, and what the law takes: dated rows, added and looked at, never edited."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.viewsets.model import ModelViewSet

from marketplace.audit.services import record
from marketplace.payouts.models import LevyRate, Terms


class OnRecord(WagtailAdminModelForm):
    """Each row that is added is in the activity log."""

    def save(self, commit: bool = True) -> Any:
        made = super().save(commit)
        actor = getattr(self.for_user, "pk", None)
        data = {name: str(value) for name, value in self.cleaned_data.items()}
        record(action=f"{made._meta.model_name}.added", target=made, actor_id=actor, data=data)
        return made


class Dated(ModelViewSet):
    copy_view_enabled = False
    inspect_view_enabled = True
    add_to_admin_menu = False
    list_per_page = 50


class TermsViewSet(Dated):
    model = Terms
    icon = "doc-full"
    menu_label = _("Terms")
    list_display = ["seller", "category", "schedule", "hold_days", "fee_basis_points", "valid_from"]
    list_filter = ["schedule", "valid_from"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("seller"), FieldPanel("category")]),
            FieldRowPanel([FieldPanel("valid_from"), FieldPanel("schedule")]),
            FieldRowPanel([FieldPanel("hold_days"), FieldPanel("fee_basis_points")]),
            FieldRowPanel([FieldPanel("reserve_basis_points"), FieldPanel("reserve_days")]),
            FieldRowPanel([FieldPanel("minimum"), FieldPanel("payout_fee")]),
        ],
        base_form_class=OnRecord,
    )


class LevyViewSet(Dated):
    model = LevyRate
    icon = "decimal"
    menu_label = _("Levies")
    list_display = ["country", "kind", "resident", "basis_points", "valid_from", "valid_to"]
    list_filter = ["kind", "country"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("kind"), FieldPanel("country")]),
            FieldRowPanel([FieldPanel("resident"), FieldPanel("basis_points")]),
            FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
        ],
        base_form_class=OnRecord,
    )


VIEWSETS = (TermsViewSet("seller_terms"), LevyViewSet("levies"))


def menu_items() -> list[MenuItem]:
    return [viewset.get_menu_item(order=20 + number) for number, viewset in enumerate(VIEWSETS)]
