"""Sellers in the admin: staff open shops and set their terms, sellers keep their own profile."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.log_actions import log
from wagtail.snippets.views.snippets import CreateView, SnippetViewSet

from marketplace.sellers.forms import ConfinedForm
from marketplace.sellers.models import Seller
from marketplace.sellers.services import open_shop
from marketplace.sellers.viewsets import ConfinedChooserViewSet, ConfinedViewSet

STAFF = "sellers.add_seller"
"""Who may open shops may also set what the marketplace takes; a seller who keeps the own profile may not."""


class SellerForm(ConfinedForm, WagtailAdminModelForm):
    """A logo is chosen from files that are yours to use."""


class OpenShopView(CreateView):
    """A new seller comes with a collection for its own files."""

    def save_instance(self) -> Seller:
        seller = open_shop(owner=None, actor_id=self.request.user.pk, **self.form.cleaned_data)
        log(instance=seller, action="wagtail.create", user=self.request.user)
        return seller


class SellerViewSet(ConfinedViewSet, SnippetViewSet):
    """Organizers of events and makers of products."""

    model = Seller
    icon = "group"
    menu_label = _("Sellers")
    menu_order = 150
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    add_view_class = OpenShopView
    chooser_viewset_class = ConfinedChooserViewSet
    list_display = ["name", "city", "country", "verified", "fee_mode"]
    list_filter = ["country", "verified", "fee_mode"]
    search_fields = ["name", "city", "email"]
    inspect_view_fields_exclude = ["collection"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name", permission=STAFF), FieldPanel("slug", permission=STAFF)]),
            MultiFieldPanel(
                [
                    FieldPanel("tagline"),
                    FieldPanel("about"),
                    FieldPanel("logo"),
                    FieldRowPanel([FieldPanel("city"), FieldPanel("country")]),
                    FieldRowPanel([FieldPanel("email"), FieldPanel("website")]),
                ],
                heading=_("Profile"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel(
                        [FieldPanel("verified", permission=STAFF), FieldPanel("tax_registered", permission=STAFF)]
                    ),
                    FieldPanel("fee_mode", permission=STAFF),
                    FieldPanel("fee_basis_points", permission=STAFF),
                    FieldPanel("fee_fixed", permission=STAFF),
                ],
                heading=_("Terms"),
            ),
        ],
        base_form_class=SellerForm,
    )
