"""Foreign keys point down, string ones included: import-linter cannot see those."""

from collections.abc import Iterator

from django.apps import apps

RANK = {
    "core": 0, "users": 1, "audit": 2, "notifications": 2, "ledger": 3, "payments": 4, "sellers": 5, "commerce": 6,
    "payouts": 6, "catalog": 7, "events": 8, "products": 8, "ticketing": 9, "licensing": 9,
    "backoffice": 10, "home": 10, "search": 10,
}  # fmt: skip
SIBLINGS = [{"events", "products"}, {"ticketing", "licensing"}, {"commerce", "payouts"}]


def upward_relations() -> Iterator[str]:
    for model in apps.get_models(include_auto_created=True):
        here = model._meta.app_label
        for field in model._meta.get_fields():
            if here not in RANK or not field.is_relation or field.auto_created or field.related_model is None:
                continue
            there = field.related_model._meta.app_label
            if there not in RANK or there == here:
                continue
            if RANK[there] > RANK[here] or {here, there} in SIBLINGS:
                yield f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"


def test_foreign_keys_point_down():
    assert list(upward_relations()) == []


def test_every_app_of_ours_has_a_rank():
    ours = {c.label for c in apps.get_app_configs() if c.name.startswith(("marketplace.", "home", "search"))}
    assert ours <= set(RANK)
