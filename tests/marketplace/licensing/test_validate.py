import datetime as dt

import pytest
import time_machine

from marketplace.audit.models import LogEntry
from marketplace.core.crypto import decrypt
from marketplace.core.states import IllegalMove
from marketplace.licensing import services
from marketplace.licensing.errors import LicenseNotActive
from marketplace.licensing.models import License
from tests.factories.licensing import a_license, a_license_line, a_plan

pytestmark = pytest.mark.django_db
PAID = dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)


def key_of(license: License) -> str:
    return decrypt(license.key_ciphertext)


def test_a_good_key_is_valid_however_it_is_typed(django_assert_num_queries):
    license = a_license()
    key = key_of(license)
    with django_assert_num_queries(1):
        answer = services.validate_key(key=f"  {key.lower().replace('-', ' ')} ")
    assert (answer.valid, answer.code, answer.license) == (True, "active", license)


@pytest.mark.parametrize("key", ["", "SOKO", "🔑", "x" * 10_000, "SOKO-00000-00000-00000-00000"])
def test_what_is_no_key_of_ours_is_unknown(key):
    a_license()
    answer = services.validate_key(key=key)
    assert (answer.valid, answer.code, answer.license) == (False, "unknown", None)


def test_it_ends_with_its_term_to_the_second_whether_or_not_a_job_ran():
    license = a_license(a_plan(term="term", term_days=30), paid_at=PAID)
    end = PAID + dt.timedelta(days=30)
    with time_machine.travel(end - dt.timedelta(seconds=1), tick=False):
        assert services.validate_key(key=key_of(license)).code == "active"
        assert services.expire_licenses() == 0
    with time_machine.travel(end, tick=False):
        assert services.validate_key(key=key_of(license)).code == "expired"
        assert services.expire_licenses() == 1
        assert services.expire_licenses() == 0
        assert License.objects.get().status == "expired"
        assert services.validate_key(key=key_of(license)).code == "expired"


@pytest.mark.parametrize("status", ["suspended", "revoked"])
def test_a_license_held_back_or_taken_back_is_not_valid(status):
    license = a_license()
    license.move_to(status)
    assert services.validate_key(key=key_of(license)).code == status


def test_revoking_a_line_ends_all_its_licenses_once_and_for_good():
    line = a_license_line(quantity=2)
    licenses = services.issue_licenses(line=line)
    assert services.revoke_licenses(line=line, actor_id=3, reason="refund") == 2
    assert services.revoke_licenses(line=line, actor_id=3, reason="refund") == 0
    assert [services.validate_key(key=key_of(one)).code for one in licenses] == ["revoked", "revoked"]
    assert LogEntry.objects.filter(action="license.revoked", actor_id=3, data={"reason": "refund"}).count() == 2
    with pytest.raises(IllegalMove):
        License.objects.first().move_to("active")


def test_showing_a_key_is_written_down_and_the_log_does_not_hold_it():
    license = a_license()
    key = services.reveal_key(license=license, actor_id=9)
    assert key == key_of(license)
    entry = LogEntry.objects.get(action="license.key_shown")
    assert (entry.actor_id, entry.target_id, entry.data) == (9, str(license.pk), {})


def test_a_revoked_key_is_not_shown_and_an_expired_one_is():
    license = a_license(a_plan(term="term", term_days=1), paid_at=PAID)
    assert services.reveal_key(license=license, actor_id=None)
    license.move_to("revoked")
    with pytest.raises(LicenseNotActive):
        services.reveal_key(license=license, actor_id=None)
