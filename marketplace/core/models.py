from django.db import models


class OutboxEvent(models.Model):
    """One fact for one handler, written where it became true and delivered after commit, at least once."""

    topic = models.CharField(max_length=80)
    handler = models.CharField(max_length=160)
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    """Not before this moment: a lease while a worker holds it, a back-off after a failure."""
    attempts = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="outbox_waiting", condition=models.Q(delivered_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.topic} -> {self.handler}"


class RememberedAnswer(models.Model):
    """The answer to a request that carries an idempotency key, so that a repeat gets the same one."""

    scope = models.CharField(max_length=120)
    """Whose key it is and what for, e.g. `checkout:<cart token>`."""
    key = models.CharField(max_length=120)
    body_hash = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    """Null while the first request is still at work."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="remembered_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class Seal(models.Model):
    """One link of a chain: so many rows of one table, and the seal before it. See `core.sealing`."""

    append_only = True

    chain = models.CharField(max_length=40)
    """Which table, by the name it was declared under."""
    number = models.PositiveBigIntegerField()
    """1, 2, 3... without gaps."""
    count = models.PositiveIntegerField()
    fields = models.CharField(max_length=400)
    """The columns it covers, separated by spaces."""
    previous = models.CharField(max_length=64, blank=True)
    """Hash of the seal before it; empty for the first."""
    hash = models.CharField(max_length=64)
    seen_until = models.DateTimeField()
    """When the newest row of this and all seals before it was written."""
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="seal_once")]

    def __str__(self) -> str:
        return f"{self.chain} #{self.number}"


class SealedRow(models.Model):
    """That a row is under a seal, and what it said then. Ids are random: one is enough to name a row of any table."""

    append_only = True

    row = models.UUIDField(primary_key=True, editable=False)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="rows")
    hash = models.CharField(max_length=64)
    parts = models.JSONField(default=dict)
    """Short hashes of what belongs to it, by id: to tell which of them changed."""

    def __str__(self) -> str:
        return f"{self.row} in {self.seal_id}"
