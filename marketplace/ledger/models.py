from django.db import models
from django.db.models import Q

from marketplace.core.ids import opaque_id


class Account(models.Model):
    """One account: a code of the chart, an owner and a currency. Balances are sums of postings (debit positive)."""

    append_only = True

    code = models.CharField(max_length=40)
    """A member of `accounts.Code`."""
    owner = models.CharField(max_length=60, blank=True)
    """Empty for the platform; else e.g. `seller:12` or `provider:mpesa`."""
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "owner", "currency"], name="ledger_account_once")]

    def __str__(self) -> str:
        return ":".join(filter(None, (self.code, self.owner, self.currency)))


class Entry(models.Model):
    """One balanced booking. Its row is written last and closes it: the database checks its postings then."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=opaque_id, editable=False)
    key = models.CharField(max_length=160, unique=True)
    """Idempotency key, never expiring: e.g. `order:7GQ2:sale:seller:12`."""
    body_hash = models.CharField(max_length=64)
    """The same key with another body is a conflict, not a repeat."""
    kind = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    memo = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=64, blank=True, db_index=True)
    """What it is about, e.g. the order code. Opaque: no personal data."""
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "entries"
        indexes = [models.Index(fields=["created_at"], name="ledger_entry_written")]

    def __str__(self) -> str:
        return self.key


class Posting(models.Model):
    """One line of an entry. `minor` is signed minor units: debit positive, credit negative, never zero."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=opaque_id, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings", db_index=False)
    minor = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(minor=0), name="ledger_posting_not_zero")]
        indexes = [models.Index(fields=["account", "minor"], name="ledger_posting_sums")]

    def __str__(self) -> str:
        return f"{self.account} {self.minor:+d}"


class ProofRun(models.Model):
    """One run of every check, and what it found. Kept like the books themselves, and sealed like them."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=opaque_id, editable=False)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    """When it ended."""
    asked_by = models.BigIntegerField(null=True)
    """Null: the clock."""
    passed = models.BooleanField()
    seconds = models.FloatField()
    results = models.JSONField()
    """Per check `{"check", "rows", "seconds", "wrong", "findings": [{"where", "text"}]}`; the first findings only."""
    heads = models.JSONField()
    """Number and hash of every chain's newest seal: a chain cut short later no longer holds them."""

    class Meta:
        permissions = [("prove_proofrun", "Can prove the books")]

    def __str__(self) -> str:
        return f"proof {self.at:%Y-%m-%d %H:%M}"
