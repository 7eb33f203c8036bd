"""The panels 'Plans' and 'Versions and files' through the admin's own addresses."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from marketplace.commerce.models import Offer
from marketplace.products.models import LicensePlan, ProductPage, ProductVersion, VersionFile
from marketplace.sellers.models import SellerMember
from marketplace.sellers.services import join_shop
from tests.factories.commerce import make_seller
from tests.factories.events import in_a_cart
from tests.factories.products import make_plan, make_product
from tests.factories.users import make_user
from tests.marketplace.products.test_versions import make_version, store

pytestmark = pytest.mark.django_db
DIALOG = {"X-Dialog": "1"}


def at(name: str, *args: int) -> str:
    return reverse(f"product_rows:{name}", args=args)


def plan_form(**fields) -> dict[str, str]:
    return {
        "name": "Team",
        "description": "",
        "sort_order": "100",
        "term": "term",
        "term_days": "365",
        "seats": "5",
        "activation_limit": "",
        "usage_limit": "",
        "usage_unit": "",
        "pricing": "fixed",
        "currency": "KES",
        "price": "9,900",
        "suggested": "",
        "tax_class": "standard",
        "sales_start": "",
        "sales_end": "",
        "limit": "unlimited",
        "capacity": "",
        "min_per_order": "1",
        "max_per_order": "10",
        **fields,
    }


@pytest.fixture
def editor(client):
    client.force_login(make_user(role="Editors"))
    return client


@pytest.fixture
def product():
    return make_product("Ledger")


def test_a_plan_is_added_shown_and_changed(editor, product):
    answer = editor.post(at("add_plan", product.pk), plan_form(), headers=DIALOG)
    assert answer.json() == {"message": "Plan added."}
    plan = LicensePlan.objects.get()
    assert (plan.offer.price_minor, plan.term_days, plan.seats) == (990_000, 365, 5)
    html = editor.get(reverse("wagtailadmin_pages:edit", args=[product.pk])).content.decode()
    assert "KES 9,900" in html
    assert "365 days, 5 seats" in html
    form = editor.get(at("edit_plan", plan.pk), headers=DIALOG).content.decode()
    assert 'value="9900"' in form
    assert 'value="365"' in form
    sent = plan_form(limit="own", capacity="20", activation_limit="3")
    assert editor.post(at("edit_plan", plan.pk), sent, headers=DIALOG).status_code == 200
    plan.refresh_from_db()
    assert plan.activation_limit == 3
    assert plan.offer.pools.get().capacity == 20


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"term_days": ""}, "For how many days?"),
        ({"seats": "0"}, "greater than or equal to 1"),
        ({"usage_limit": "1000"}, "So many of what?"),
        ({"price": "99.50"}, "Whole shillings only."),
        ({"limit": "own"}, "How many are there?"),
        ({"term": "forever"}, "Select a valid choice"),
    ],
)
def test_bad_input_is_told_and_nothing_typed_is_lost(editor, product, fields, words):
    answer = editor.post(at("add_plan", product.pk), plan_form(description="For five", **fields), headers=DIALOG)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert "For five" in html
    assert not Offer.objects.exists()


def test_stop_resume_delete(editor, product):
    plan = make_plan(product)
    editor.post(at("stop_plan", plan.pk), headers=DIALOG)
    assert "Stopped" in editor.get(at("plans", product.pk)).content.decode()
    editor.post(at("resume_plan", plan.pk), headers=DIALOG)
    assert "On sale" in editor.get(at("plans", product.pk)).content.decode()
    in_a_cart(plan, quantity=1)
    assert editor.post(at("delete_plan", plan.pk), headers=DIALOG).status_code == 422
    assert LicensePlan.objects.exists()


def test_a_version_gets_files(editor, product):
    sent = {"version": "2.0.0", "released_on": "2026-11-01", "channel": "stable", "changelog": "Faster."}
    assert editor.post(at("add_version", product.pk), sent, headers=DIALOG).status_code == 200
    version = ProductVersion.objects.get()
    upload = SimpleUploadedFile("ledger 2.zip", b"goods")
    answer = editor.post(at("add_file", version.pk), {"upload": upload, "platform": "Any"}, headers=DIALOG)
    assert answer.json() == {"message": "File stored."}
    html = editor.get(at("versions", product.pk)).content.decode()
    assert hashlib.sha256(b"goods").hexdigest() in html
    assert "ledger-2.zip" in html
    assert "Faster." in html


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.html", b"<script>", "Put it into an archive."),
        ("picture.svg", b"<svg/>", "Put it into an archive."),
        ("empty.zip", b"", "The submitted file is empty."),
    ],
)
def test_files_that_are_refused(editor, product, name, content, words):
    version = make_version(product)
    sent = {"upload": SimpleUploadedFile(name, content), "platform": ""}
    answer = editor.post(at("add_file", version.pk), sent, headers=DIALOG)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not VersionFile.objects.exists()


def test_versions_are_edited_withdrawn_restored_and_deleted(editor, product):
    version = make_version(product)
    sent = {"version": "1.0.1", "released_on": "2026-11-02", "channel": "beta", "changelog": ""}
    editor.post(at("edit_version", version.pk), sent, headers=DIALOG)
    version.refresh_from_db()
    assert (version.version, version.channel) == ("1.0.1", "beta")
    make_version(product, "1.0.0")
    again = editor.post(at("edit_version", version.pk), {**sent, "version": "1.0.0"}, headers=DIALOG)
    assert "This product has that version already." in again.content.decode()
    editor.post(at("withdraw_version", version.pk), headers=DIALOG)
    assert "Withdrawn" in editor.get(at("versions", product.pk)).content.decode()
    editor.post(at("restore_version", version.pk), headers=DIALOG)
    file = store(version)
    editor.post(at("delete_file", file.pk), headers=DIALOG)
    assert not VersionFile.objects.exists()
    editor.post(at("delete_version", version.pk), headers=DIALOG)
    assert ProductVersion.objects.count() == 1


def test_a_product_that_was_ordered_is_not_deleted_and_another_is(editor, product):
    in_a_cart(make_plan(product), quantity=1)
    unsold = make_product()
    make_plan(unsold)
    store(make_version(unsold))
    for page in (product, unsold):
        editor.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert list(ProductPage.objects.all()) == [product]


def test_an_old_revision_brings_no_old_price(editor, product):
    plan = make_plan(product, price=500_000)
    old = ProductPage.objects.get(pk=product.pk).save_revision()
    Offer.objects.filter(pk=plan.offer_id).update(price_minor=700_000)
    old.publish()
    assert Offer.objects.get(pk=plan.offer_id).price_minor == 700_000
    assert "plan_rows" not in old.content


def test_confined_sellers_reach_their_own_rows_and_no_other(client):
    shop = make_seller()
    user = make_user()
    join_shop(seller=shop, user=user, role=SellerMember.Role.OWNER, actor_id=None)
    client.force_login(user)
    own, foreign = make_product(seller=shop), make_product()
    names = LicensePlan.snippet_viewset
    for page, mine in ((own, True), (foreign, False)):
        plan, file = make_plan(page), store(make_version(page))
        version = file.version_id
        addresses = [
            *(at(name, page.pk) for name in ("plans", "add_plan", "versions", "add_version")),
            *(at(f"{verb}_plan", plan.pk) for verb in ("edit", "stop", "resume", "delete")),
            *(at(f"{verb}_version", version) for verb in ("edit", "withdraw", "restore", "delete")),
            at("add_file", version),
            at("delete_file", file.pk),
            *(reverse(names.get_url_name(name), args=[plan.pk]) for name in ("edit", "history", "usage", "inspect")),
        ]
        for address in addresses:
            status = client.get(address).status_code
            if mine:
                assert status in {200, 302}, address
                continue
            posted = client.post(address, plan_form(), headers=DIALOG)
            assert status in {302, 403}, address
            assert posted.status_code in {302, 403, 405}, address
    assert LicensePlan.objects.count() == 2
    assert VersionFile.objects.count() == 2
    assert not ProductVersion.objects.filter(yanked=True).exists()
