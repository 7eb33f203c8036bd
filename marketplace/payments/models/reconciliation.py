from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.money import Money
from marketplace.payments.models.payment import Payment


class Item(models.TextChoices):
    """What a movement of money is, in words both sides share."""

    PAYMENT = "payment", _("payment")
    REFUND = "refund", _("refund")
    DISPUTE = "dispute", _("dispute")
    TRANSFER = "transfer", _("money sent")
    """To a seller or, as a part of a refund, to a buyer."""
    PAYOUT = "payout", _("moved to the bank")
    FEE = "fee", _("fee")
    OTHER = "other", _("something else")


class StatementLine(models.Model):
    """One movement as the provider states it: read from its API, or from a statement somebody uploaded."""

    provider = models.CharField(max_length=20)
    item = models.CharField(max_length=10, choices=Item.choices)
    name = models.CharField(max_length=120)
    """The provider's name of the object that moved: a receipt, ch_..., re_..., du_..., tr_..., po_..."""
    line = models.CharField(max_length=120)
    """The provider's name of the movement itself: txn_...; on M-Pesa's statement the receipt and what it is."""
    at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    minor = models.BigIntegerField()
    """What it changes on our balance there, before fees: positive when money comes."""
    fee_minor = models.BigIntegerField(default=0)
    presented_minor = models.BigIntegerField(null=True)
    """What the payer saw, where that is another currency than the balance."""
    presented_currency = models.CharField(max_length=3, blank=True)
    completed = models.BooleanField(default=True)
    account = models.CharField(max_length=20, blank=True)
    """Which of our accounts there: a short code; empty where there is one."""
    reference = models.CharField(max_length=120, blank=True)
    """What else the provider names it by: a PaymentIntent, the account number a payer typed."""
    details = models.CharField(max_length=200, blank=True)
    """The provider's words, without people."""
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "line"], name="statement_line_once")]
        indexes = [
            models.Index(fields=["provider", "name"], name="statement_line_name"),
            models.Index(fields=["provider", "at"], name="statement_line_day"),
            models.Index(fields=["provider", "reference"], name="statement_line_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.line}"

    @property
    def amount(self) -> Money:
        return Money(self.minor, self.currency)


class ReconciliationRun(models.Model):
    """One comparison of one day with one provider. A day may be compared any number of times; the newest counts."""

    class Status(models.TextChoices):
        RUNNING = "running", _("running")
        AGREED = "agreed", _("both sides agree")
        DIFFERS = "differs", _("differences")
        FAILED = "failed", _("the provider did not answer")
        NO_STATEMENT = "no_statement", _("no statement yet")
        """The provider's side of this day has to be uploaded first."""

    provider = models.CharField(max_length=20)
    day = models.DateField()
    """In the provider's own time zone: UTC at Stripe, East Africa Time at M-Pesa."""
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.RUNNING)
    ours_count = models.PositiveIntegerField(default=0)
    theirs_count = models.PositiveIntegerField(default=0)
    sums = models.JSONField(default=dict)
    """Per currency, minor units: `{"KES": {"ours": 150000, "theirs": 150000, "fees_ours": 6, "fees_theirs": 6}}`."""
    breaks = models.PositiveIntegerField(default=0)
    """Open cases of this day when the run ended."""
    note = models.CharField(max_length=300, blank=True)
    actor_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["provider", "-day", "-id"], name="reconciliation_newest")]

    def __str__(self) -> str:
        return f"{self.provider} {self.day}"


class Break(models.Model):
    """One thing on which we and a provider do not agree: a case with an age and an amount.

    The same thing is the same case on every day it is seen. Nothing mends it: it closes when both sides agree.
    """

    class Kind(models.TextChoices):
        MISSING_HERE = "missing_here", _("the provider has it, we do not")
        MISSING_THERE = "missing_there", _("we have it, the provider does not")
        AMOUNT = "amount_differs", _("different amounts")
        FEE = "fee_differs", _("different fees")
        STATUS = "status_differs", _("different states")

    provider = models.CharField(max_length=20)
    item = models.CharField(max_length=10, choices=Item.choices)
    name = models.CharField(max_length=120)
    """As `StatementLine.name`."""
    kind = models.CharField(max_length=16, choices=Kind.choices)
    """What differs now; it may change while the case is open."""
    day = models.DateField()
    currency = models.CharField(max_length=3)
    ours_minor = models.BigIntegerField(null=True)
    theirs_minor = models.BigIntegerField(null=True)
    ours = models.CharField(max_length=60, blank=True)
    """Our row: `payment:<id>`, `refund:<id>`, `dispute:<id>`, `disbursement:<id>`, `paybill:<receipt>`."""
    says = models.CharField(max_length=200, blank=True)
    """What each side says, where amounts do not tell."""
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="breaks")
    opened_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    """When a comparison last found it."""
    times = models.PositiveIntegerField(default=1)
    """How often it was opened: once closed, it may come back."""
    resolved_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)
    """Who explained it away, in `note`; null when both sides agreed. It stays closed while nothing about it changes."""
    assigned_to = models.BigIntegerField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "item", "name"], name="break_is_one_case")]
        indexes = [models.Index(fields=["opened_at"], name="break_open", condition=Q(resolved_at=None))]

    def __str__(self) -> str:
        return f"{self.provider} {self.name}"

    @property
    def difference(self) -> Money:
        """What is at stake: how far the two amounts are apart, or the whole amount when one side has nothing."""
        return Money(abs((self.ours_minor or 0) - (self.theirs_minor or 0)), self.currency)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise models.ProtectedError("Cases are closed, never deleted.", {self})
