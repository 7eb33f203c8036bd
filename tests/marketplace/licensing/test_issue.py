import datetime as dt
import re
import threading

import pytest
from django.core.management import call_command
from django.core.serializers import serialize
from django.db import connections

from marketplace.core.crypto import decrypt
from marketplace.licensing import services
from marketplace.licensing.models import License
from marketplace.products.models import LicensePlan
from tests.factories.licensing import a_license, a_license_line, a_plan
from tests.factories.ticketing import a_line, a_seller, an_offer

PAID = dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_one_license_per_unit_with_a_copy_of_what_the_plan_grants():
    plan = a_plan(term="term", term_days=365, seats=3, activation_limit=5, usage_limit=10_000, usage_unit="calls")
    licenses = services.issue_licenses(line=a_license_line(plan=plan, quantity=2, paid_at=PAID))
    LicensePlan.objects.update(seats=1, activation_limit=None, usage_limit=None, usage_unit="")
    for license in licenses:
        license.refresh_from_db()
        assert (license.seats, license.activation_limit, license.usage_limit, license.usage_unit) == (
            3,
            5,
            10_000,
            "calls",
        )
        assert (license.starts_at, license.expires_at) == (PAID, PAID + dt.timedelta(days=365))
    assert len({decrypt(license.key_ciphertext) for license in licenses}) == 2


@pytest.mark.django_db
def test_a_perpetual_license_never_expires():
    assert a_license().expires_at is None


@pytest.mark.django_db
def test_issuing_again_changes_nothing_and_keeps_the_keys():
    line = a_license_line(quantity=2)
    first = [(one.pk, one.key_hash) for one in services.issue_licenses(line=line)]
    assert [(one.pk, one.key_hash) for one in services.issue_licenses(line=line)] == first


@pytest.mark.django_db
def test_an_offer_that_is_no_plan_is_an_error_that_is_heard():
    with pytest.raises(LicensePlan.DoesNotExist):
        services.issue_licenses(line=a_line(an_offer(a_seller())))


def test_many_workers_at_once_issue_each_license_once(committed_db):
    line = a_license_line(quantity=4)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            services.issue_licenses(line=line)
        except BaseException as error:  # noqa: BLE001 (reported below)
            errors.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not errors
    assert sorted(License.objects.values_list("position", flat=True)) == [1, 2, 3, 4]


@pytest.mark.django_db
def test_a_dump_of_the_whole_database_contains_no_key(tmp_path):
    license = a_license()
    key = services.reveal_key(license=license, actor_id=None)
    services.validate_key(key=key)
    dump = tmp_path / "dump.json"
    call_command("dumpdata", exclude=["contenttypes", "auth.permission"], output=str(dump))
    text = re.sub(r"[\s\-]", "", dump.read_text())
    assert license.key_hash in text
    body = key.removeprefix("SOKO-").replace("-", "")
    assert body not in text
    assert body[:8] not in text


@pytest.mark.django_db
def test_the_hash_alone_cannot_be_checked_against_guesses():
    """It is keyed: without the key of this site nobody can tell whether a guess fits a leaked hash."""
    import hashlib

    license = a_license()
    key = decrypt(license.key_ciphertext)
    for guess in (key, f"license key:{key}", key.replace("-", "")):
        assert hashlib.sha256(guess.encode()).hexdigest() != license.key_hash


@pytest.mark.django_db
def test_serialized_rows_show_neither_key_nor_field_key(settings):
    license = a_license()
    text = serialize("json", [license])
    assert decrypt(license.key_ciphertext) not in text
    assert settings.FIELD_KEYS[0] not in text
