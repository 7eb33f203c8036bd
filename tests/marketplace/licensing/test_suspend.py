"""A license that was given back or is disputed: the key, the downloads, and what stays."""

import pytest

from marketplace.commerce.fulfillment import fulfiller
from marketplace.core.crypto import decrypt
from marketplace.licensing import services
from marketplace.licensing.errors import LicenseNotActive
from marketplace.licensing.models import License
from tests.factories.licensing import a_file, a_license_line, a_plan, a_product, a_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    line = a_license_line(quantity=2, plan=a_plan(a_product()))
    services.issue_licenses(line=line)
    return line


def verdicts() -> list[str]:
    keys = [decrypt(one.key_ciphertext) for one in License.objects.order_by("position")]
    return [services.validate_key(key=key).code for key in keys]


def test_of_two_one_is_given_back_and_the_other_goes_on(line):
    fulfiller("license").withdraw(line, positions=[1], reason="refund", actor_id=1)
    assert verdicts() == ["revoked", "active"]
    assert [unit.live for unit in fulfiller("license").units(line)] == [False, True]


def test_a_dispute_suspends_keys_and_gives_them_back(line):
    fulfiller("license").suspend(line, reason="dispute")
    assert verdicts() == ["suspended", "suspended"]
    fulfiller("license").resume(line, reason="won")
    assert verdicts() == ["active", "active"]


@pytest.mark.parametrize("end", ["withdraw", "suspend"])
def test_downloads_stop_also_by_links_made_before(line, end: str):
    license = License.objects.select_related("plan__product").order_by("position")[0]
    file = a_file(a_version(license.plan.product))
    signed = services.sign_link(license=license, file=file)
    getattr(fulfiller("license"), end)(line, reason="refund")
    license.refresh_from_db()
    for attempt in (lambda: services.sign_link(license=license, file=file), lambda: services.read_link(signed=signed)):
        with pytest.raises(LicenseNotActive):
            attempt()


def test_an_expired_one_is_not_woken_by_the_end_of_a_dispute(line):
    License.objects.filter(position=1).update(status="expired")
    fulfiller("license").suspend(line, reason="dispute")
    fulfiller("license").resume(line, reason="won")
    assert list(License.objects.order_by("position").values_list("status", flat=True)) == ["expired", "active"]
