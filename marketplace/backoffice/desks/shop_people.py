"""Who acts for a seller: added by the address of their account, removed with a click. For admins."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.sellers.models import Seller, SellerMember
from marketplace.sellers.services import join_shop, leave_shop
from marketplace.users.models import User

MAY = "sellers.add_seller"
"""Who opens shops also says who acts for them."""


class PersonForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address of their account"))
    role = forms.ChoiceField(label=_("Role"), choices=SellerMember.Role.choices, initial=SellerMember.Role.MANAGER)

    def clean_email(self) -> User:
        user = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if user is None:
            raise ValidationError(_("There is no account with this address. They create one first."))
        return user


class ShopPeopleView(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    page_title = _("People")
    header_icon = "group"
    template_name = "pages/backoffice/shop_people.html"
    form_class = PersonForm
    seller: Seller

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(MAY):
            raise PermissionDenied
        self.seller = get_object_or_404(Seller, pk=kwargs["seller_id"])
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        gone = request.POST.get("remove", "")
        if not gone:
            return super().post(request, *args, **kwargs)
        member = get_object_or_404(self.seller.members, pk=gone if gone.isdecimal() else 0)
        leave_shop(seller=self.seller, user=member.user, actor_id=request.user.pk)
        messages.success(request, _("%(person)s acts for it no longer.") % {"person": member.user})
        return redirect(request.path)

    def form_valid(self, form: PersonForm) -> HttpResponse:
        user, role = form.cleaned_data["email"], form.cleaned_data["role"]
        join_shop(seller=self.seller, user=user, role=role, actor_id=self.request.user.pk)
        messages.success(self.request, _("%(person)s may now act for it.") % {"person": user})
        return redirect(self.request.path)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        shops = {"url": reverse("wagtailsnippets_sellers_seller:list"), "label": _("Sellers")}
        here = {"url": "", "label": self.page_title, "sublabel": self.seller.name}
        return [*self.breadcrumbs_items, shops, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        members = self.seller.members.select_related("user").order_by("user__email")
        return super().get_context_data(seller=self.seller, members=members, **kwargs)


urlpatterns: list[URLPattern] = [path("shop-people/<int:seller_id>/", ShopPeopleView.as_view(), name="shop_people")]
