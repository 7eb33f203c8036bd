"""Dialogs about license plans."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.catalog.services.put_offer import own_pool
from marketplace.products.forms import PlanForm
from marketplace.products.models import LicensePlan
from marketplace.products.services import add_plan, change_plan, delete_plan, resume_plan_sales, stop_plan_sales
from marketplace.products.views.base import PlanDialog, ProductDialog


class AddPlan(ProductDialog):
    title = gettext_lazy("Add a plan")
    submit = gettext_lazy("Add plan")

    def form(self, *args: Any, **kwargs: Any) -> PlanForm:
        last = LicensePlan.objects.filter(product=self.page).order_by("-pk").select_related("offer").first()
        currency = last.offer.currency if last else ""
        zone = timezone.get_default_timezone()
        return PlanForm(*args, zone=zone, seller=self.page.seller, currency=currency, **kwargs)

    def perform(self, form: PlanForm) -> str:
        data = form.cleaned_data
        add_plan(
            product=self.page,
            name=data["name"],
            terms=form.terms(),
            grant=form.grant(),
            stock=form.stock(),
            description=data["description"],
            sort_order=data["sort_order"],
            actor_id=self.actor_id,
        )
        return _("Plan added.")


class EditPlan(PlanDialog):
    submit = gettext_lazy("Save plan")
    text = gettext_lazy("For licenses sold from now on. Those sold already keep what they were sold with.")

    def heading(self) -> str:
        return _("Edit %(name)s") % {"name": self.plan.name}

    def form(self, *args: Any, **kwargs: Any) -> PlanForm:
        plan = self.plan
        words = {name: getattr(plan, name) for name in ("name", "description", "sort_order")}
        return PlanForm(
            *args,
            plan=plan,
            zone=timezone.get_default_timezone(),
            seller=plan.offer.seller,
            offer=plan.offer,
            pool=own_pool(plan.offer, whole_id=None),
            initial=words,
            **kwargs,
        )

    def perform(self, form: PlanForm) -> str:
        data = form.cleaned_data
        change_plan(
            plan_id=self.plan.pk,
            name=data["name"],
            terms=form.terms(),
            grant=form.grant(),
            stock=form.stock(),
            description=data["description"],
            sort_order=data["sort_order"],
            actor_id=self.actor_id,
        )
        return _("Plan saved.")


class StopPlan(PlanDialog):
    submit = gettext_lazy("Stop sales")
    text = gettext_lazy("At once, for everybody, until you resume. Licenses sold already go on.")

    def heading(self) -> str:
        return _("Stop sales of %(name)s?") % {"name": self.plan.name}

    def perform(self, form: Any) -> str:
        stop_plan_sales(plan=self.plan, actor_id=self.actor_id)
        return _("Sales stopped.")


class ResumePlan(PlanDialog):
    submit = gettext_lazy("Resume sales")
    text = gettext_lazy("Within its sales window, as long as its page is published.")

    def heading(self) -> str:
        return _("Resume sales of %(name)s?") % {"name": self.plan.name}

    def perform(self, form: Any) -> str:
        resume_plan_sales(plan=self.plan, actor_id=self.actor_id)
        return _("Sales resumed.")


class DeletePlan(PlanDialog):
    submit = gettext_lazy("Delete plan")
    danger = True
    text = gettext_lazy("Only possible while nobody has ordered it. Otherwise stop its sales.")

    def heading(self) -> str:
        return _("Delete %(name)s?") % {"name": self.plan.name}

    def perform(self, form: Any) -> str:
        delete_plan(plan=self.plan, actor_id=self.actor_id)
        return _("Plan deleted.")
