"""Where our books and the providers' differ: cases with an age and an amount, and the comparisons that found them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.contrib.auth import get_user_model
from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from marketplace.backoffice.desks.actions import Action
from marketplace.backoffice.desks.base import Desk, on_day, person, when
from marketplace.backoffice.desks.filters import by_choice
from marketplace.backoffice.desks.steps import Step, SteppingDesk, Typed, payment_link
from marketplace.backoffice.templatetags.desk import provider_name
from marketplace.core.money import Money
from marketplace.payments.models import Break, Item, ReconciliationRun, StatementLine
from marketplace.payments.services import assign_break, book_moved_to_bank, explain_break, reconcile_day

MAY = "payments.change_break"


class Explanation(forms.Form):
    note = forms.CharField(
        label=_("Why it is right as it is"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The case comes back by itself when anything about it changes."),
    )  # fmt: skip


class Open(SimpleListFilter):
    title = _("state")
    parameter_name = "open"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("open")), ("0", _("closed"))]

    def queryset(self, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        return queryset.filter(resolved_at__isnull=self.value() == "1") if self.value() in ("0", "1") else None


def _compare(row: Break | ReconciliationRun, actor_id: int | None) -> Any:
    run = reconcile_day(provider=row.provider, day=row.day, actor_id=actor_id)
    return _("Compared: %(status)s.") % {"status": ReconciliationRun.Status(run.status).label}


def _mine(row: Break, actor_id: int | None) -> Any:
    assign_break(break_id=row.pk, to=actor_id, actor_id=actor_id)
    return _("It is yours to look after.")


def _explain(row: Break, actor_id: int | None, typed: Typed) -> Any:
    explain_break(break_id=row.pk, note=typed["note"], actor_id=actor_id or 0)
    return _("Closed with your explanation.")


def _moved(row: Break, actor_id: int | None, _typed: Typed) -> Any:
    book_moved_to_bank(break_id=row.pk, actor_id=actor_id or 0)
    return _("Booked. The case closes when the day is compared next.")


def _is_payout(row: Break) -> bool:
    return bool(_is_open(row) and row.item == Item.PAYOUT and row.kind == Break.Kind.MISSING_HERE)


def _is_open(row: Break) -> bool:
    return row.resolved_at is None


class BreakDesk(SteppingDesk):
    """Open cases on top, the oldest first."""

    model = Break
    base_url_path = "reconciliation"
    menu_label = _("Reconciliation")
    menu_icon = "resubmit"
    index_template_name = "pages/backoffice/breaks.html"
    nothing = _("Our books and the providers' agree. Whatever differs becomes a case here.")
    list_display = ("name", "state", "stake", "at_provider", "thing", "kind_of", "age", "on", "whose")
    list_filter = (Open, "provider", by_choice("kind", Break.Kind, _("difference")), "day")
    list_export = (
        "provider", "item", "name", "kind", "day", "currency", "ours_minor", "theirs_minor", "ours", "opened_at",
        "resolved_at", "note",
    )  # fmt: skip
    search_hint = _("The provider's name of it, or our row")
    search_fields = ("name", "ours")
    export_filename = "reconciliation"
    actions = (
        Action("compare", _("Compare again now"), _is_open, _compare),
        Action("mine", _("Assign to me"), lambda row: _is_open(row), _mine),
    )
    steps = (
        Step("moved", _("Book as moved to the bank"), MAY, _is_payout,
             lambda row: [_("%(amount)s leaves the clearing account and arrives at the bank, in our books.")
                          % {"amount": row.difference}, _("Check the bank's statement first.")],
             _moved, proof=True),
        Step("explain", _("Close with an explanation"), MAY, _is_open,
             lambda _row: [_("Both sides keep saying what they say. Nothing is booked or sent.")],
             _explain, form=Explanation),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        first = Case(When(resolved_at=None, then=Value(0)), default=Value(1))
        rows: QuerySet[Any] = super().get_queryset(request)
        keeper = get_user_model().objects.filter(pk=OuterRef("assigned_to")).values("email")[:1]
        return rows.annotate(keeper=Subquery(keeper)).order_by(first, "opened_at", "pk")

    def describe(self, row: Break, user: Any) -> dict[str, Any]:
        lines = StatementLine.objects.filter(provider=row.provider, name=row.name).order_by("at")[:20]
        stated = [(when(line.at), line.amount, Money(line.fee_minor, line.currency), line.details) for line in lines]
        return {
            **super().describe(row, user), "facts": self._facts(row), "texts": [(_("Explanation"), row.note)],
            "links": [(_("The payment"), payment_link(row.payment_id))] if row.payment_id else [],
            "tables": [(_("What the provider states"), (_("When"), _("Amount"), _("Fee"), _("Words")), stated)],
        }  # fmt: skip

    def title_of(self, row: Break) -> str:
        return f"{provider_name(row.provider)} {row.name}"

    def _facts(self, row: Break) -> list[tuple[Any, Any]]:
        return [
            (_("Difference"), Break.Kind(row.kind).label), (_("At stake"), row.difference), (_("Age"), self.age(row)),
            (_("What"), Item(row.item).label), (_("We say"), _money(row.ours_minor, row.currency)),
            (_("They say"), _money(row.theirs_minor, row.currency)), (_("States"), row.says), (_("Our row"), row.ours),
            (_("Day"), on_day(row.day)), (_("Opened"), when(row.opened_at)), (_("Last seen"), when(row.seen_at)),
            (_("Times opened"), row.times), (_("Closed"), when(row.resolved_at)),
            (_("Looks after it"), person(row.assigned_to)),
        ]  # fmt: skip

    @admin.display(description=_("day"), ordering="day")
    def on(self, row: Break) -> str:
        return on_day(row.day)

    @admin.display(description=_("provider"), ordering="provider")
    def at_provider(self, row: Break) -> str:
        return provider_name(row.provider)

    @admin.display(description=_("what"), ordering="item")
    def thing(self, row: Break) -> str:
        return str(Item(row.item).label)

    @admin.display(description=_("difference"), ordering="kind")
    def kind_of(self, row: Break) -> str:
        return str(Break.Kind(row.kind).label)

    @admin.display(description=_("at stake"))
    def stake(self, row: Break) -> str:
        return str(row.difference)

    @admin.display(description=_("age"), ordering="opened_at")
    def age(self, row: Break) -> str:
        return timesince(row.opened_at, row.resolved_at or timezone.now(), depth=1)

    @admin.display(description=_("looks after it"))
    def whose(self, row: Any) -> str:
        return row.keeper or (f"#{row.assigned_to}" if row.assigned_to else "")

    @admin.display(description=_("state"), ordering="resolved_at")
    def state(self, row: Break) -> Any:
        if row.resolved_at is None:
            return _("open")
        return _("explained") if row.closed_by else _("both agree")


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


class RunDesk(Desk):
    """Comparisons, newest first."""

    model = ReconciliationRun
    base_url_path = "comparisons"
    menu_label = _("Comparisons")
    menu_icon = "history"
    nothing = _("Nothing was compared yet. Days are compared by themselves, or with “Compare now”.")
    list_display = ("on", "at_provider", "state", "sides", "counts", "breaks", "started")
    list_filter = ("provider", by_choice("status", ReconciliationRun.Status, _("state")), "day")
    list_export = ("provider", "day", "status", "ours_count", "theirs_count", "sums", "breaks", "note", "started_at")
    ordering = ("-pk",)
    search_hint = _("Provider or note")
    search_fields = ("provider", "note")
    inspect_template_name = "pages/backoffice/case.html"
    export_filename = "comparisons"

    def describe(self, row: ReconciliationRun, user: Any) -> dict[str, Any]:
        cases = Break.objects.filter(provider=row.provider, day=row.day).order_by("opened_at")[:200]
        rows = [(one.name, Break.Kind(one.kind).label, one.difference, when(one.resolved_at)) for one in cases]
        sums = [
            (code, *(Money(side[name], code) for name in ("ours", "theirs", "fees_ours", "fees_theirs")))
            for code, side in sorted(row.sums.items())
        ]
        head = (_("Currency"), _("Ours"), _("Theirs"), _("Our fees"), _("Their fees"))
        return {
            "facts": [(_("Provider"), provider_name(row.provider)), (_("Day"), on_day(row.day)),
                      (_("State"), self.state(row)),
                      (_("Ours"), row.ours_count), (_("Theirs"), row.theirs_count), (_("Open cases"), row.breaks),
                      (_("Note"), row.note), (_("Started"), when(row.started_at)), (_("Ended"), when(row.ended_at)),
                      (_("By"), person(row.actor_id) or _("the system"))],
            "tables": [(_("Sums"), head, sums), (_("Cases of this day"), (_("Name"), _("Difference"), _("At stake"),
                                                                         _("Closed")), rows)],
        }  # fmt: skip

    def title_of(self, row: ReconciliationRun) -> str:
        return f"{provider_name(row.provider)}, {on_day(row.day)}"

    @admin.display(description=_("day"), ordering="day")
    def on(self, row: ReconciliationRun) -> str:
        return on_day(row.day)

    @admin.display(description=_("provider"), ordering="provider")
    def at_provider(self, row: ReconciliationRun) -> str:
        return provider_name(row.provider)

    @admin.display(description=_("state"), ordering="status")
    def state(self, row: ReconciliationRun) -> str:
        return str(ReconciliationRun.Status(row.status).label)

    @admin.display(description=_("ours / theirs"))
    def sides(self, row: ReconciliationRun) -> str:
        pairs = sorted(row.sums.items())
        return ", ".join(f"{Money(side['ours'], code)} / {Money(side['theirs'], code)}" for code, side in pairs)

    @admin.display(description=_("things"))
    def counts(self, row: ReconciliationRun) -> str:
        return f"{row.ours_count} / {row.theirs_count}"

    @admin.display(description=_("compared"), ordering="started_at")
    def started(self, row: ReconciliationRun) -> str:
        return when(row.started_at)
