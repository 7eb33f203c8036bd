"""Terms and levies: dated rows that admins add, finance reads and nobody changes afterwards."""

import pytest

from marketplace.audit.models import LogEntry
from marketplace.payouts.models import LevyRate, Terms
from tests.factories.commerce import make_seller
from tests.marketplace.payouts.pages import as_role, text

pytestmark = pytest.mark.django_db
LEVY = {"kind": "withholding", "country": "UG", "resident": "on", "basis_points": "600", "valid_from": "2026-01-01"}


def test_an_admin_adds_a_levy_and_it_is_on_record():
    admin = as_role("Admins")
    admin.post("/admin/levies/new/", LEVY)
    assert LevyRate.objects.get(country="UG").basis_points == 600
    entry = LogEntry.objects.get(action="levyrate.added")
    assert (entry.actor_id, entry.data["basis_points"]) == (admin.user.pk, "600")
    assert "UG" in text(as_role("Finance").get("/admin/levies/"))


def test_an_admin_agrees_terms_with_a_seller():
    seller = make_seller("Kikapu Crafts")
    form = {"seller": seller.pk, "category": "", "valid_from": "2026-01-01", "schedule": "monthly", "hold_days": "7",
            "fee_basis_points": "400", "reserve_basis_points": "1000", "reserve_days": "30",
            "minimum": '{"KES": 100000}', "payout_fee": "{}"}  # fmt: skip
    as_role("Admins").post("/admin/seller_terms/new/", form)
    made = Terms.objects.get(seller=seller)
    assert (made.hold_days, made.minimum) == (7, {"KES": 100_000})
    assert "Kikapu Crafts" in text(as_role("Finance").get("/admin/seller_terms/"))


@pytest.mark.parametrize("role", ["Admins", "Finance", "superuser", "Support", "Editors"])
def test_nobody_edits_or_deletes_what_sales_were_promised(role):
    row = LevyRate.objects.create(**{**LEVY, "resident": True})
    client = as_role(role)
    for verb in ("edit", "delete"):
        for ask in (client.get, client.post):
            assert ask(f"/admin/levies/{verb}/{row.pk}/", {**LEVY, "basis_points": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.basis_points == 600


@pytest.mark.parametrize("role", ["Finance", "Support", "Editors"])
def test_others_add_none(role):
    as_role(role).post("/admin/levies/new/", LEVY)
    assert not LevyRate.objects.filter(country="UG").exists()
