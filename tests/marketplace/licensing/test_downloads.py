import datetime as dt
import hashlib
import io

import pytest
import time_machine
from django.core import signing
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.errors import NotYours, Refusal
from marketplace.licensing import services
from marketplace.licensing.models import DownloadLog
from marketplace.licensing.services.downloads import SALT
from marketplace.products.models import ProductVersion, VersionFile
from tests.factories.licensing import a_file, a_license, a_plan, a_product, a_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return a_plan()


@pytest.fixture
def file(plan):
    return a_file(a_version(plan.product), content=bytes(range(256)) * 1000, name="Ledger für Äpfel.zip")


@pytest.fixture
def license(plan):
    return a_license(plan)


def link(client, license, file):
    response = client.get(f"/licenses/{license.token}/files/{file.pk}/")
    assert response.status_code == 302
    return response.headers["Location"]


def test_the_file_arrives_whole_under_its_name(client, license, file):
    response = client.get(link(client, license, file))
    content = b"".join(response.streaming_content)
    assert hashlib.sha256(content).hexdigest() == file.sha256
    assert response.headers["Content-Length"] == str(file.size)
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=utf-8''Ledger%20f%C3%BCr%20%C3%84pfel.zip" in response.headers["Content-Disposition"]
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_each_download_is_written_down_for_good(client, license, file):
    address = link(client, license, file)
    assert not DownloadLog.objects.exists()
    client.head(address)
    assert not DownloadLog.objects.exists()
    client.get(address)
    log = DownloadLog.objects.get()
    assert (log.license, log.file_id, log.version, log.name, log.sha256) == (
        license, file.pk, "2.4.0", file.name, file.sha256,
    )  # fmt: skip
    for change in (lambda: DownloadLog.objects.update(name="x"), log.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_link_runs_out(client, license, file):
    with time_machine.travel("2026-06-01T12:00:00Z", tick=False) as clock:
        address = link(client, license, file)
        clock.shift(299)
        assert client.get(address).status_code == 200
        clock.shift(2)
        response = client.get(address)
    assert response.status_code == 410
    assert "has run out" in response.content.decode()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_link_opens_nothing(license, file, data):
    signed = services.sign_link(license=license, file=file)
    place = data.draw(st.integers(0, len(signed) - 1))
    character = data.draw(st.sampled_from("ABCxyz019-_:."))
    changed = signed[:place] + character + signed[place + 1 :]
    if changed == signed:
        return
    with pytest.raises((NotYours, Refusal)):
        services.read_link(signed=changed)


@pytest.mark.parametrize("signed", ["x", "a:b:c", "null", "WzEsMV0:1abc:def", "é", "1" * 3000])
def test_nonsense_is_not_found(client, signed):
    assert client.get(f"/downloads/{signed}/").status_code == 404


@pytest.mark.parametrize("payload", [[1], [1, 2, 3], "ab", {"a": 1, "b": 2}, [None, None], 7, ["x", "y"]])
def test_even_a_signed_oddity_is_not_found(client, payload, license, file):
    signed = signing.dumps(payload, salt=SALT)
    assert client.get(f"/downloads/{signed}/").status_code == 404


def test_a_signature_made_for_something_else_is_not_a_link(client, license, file):
    signed = signing.dumps([license.pk, file.pk], salt="something else")
    assert client.get(f"/downloads/{signed}/").status_code == 404


def test_another_products_file_is_not_found(client, license):
    other = a_file(a_version(a_product()))
    assert client.get(f"/licenses/{license.token}/files/{other.pk}/").status_code == 404
    assert client.get(f"/licenses/{license.token}/files/999999/").status_code == 404
    assert client.get(f"/licenses/{license.token}/files/99999999999999999999/").status_code == 404


@pytest.mark.parametrize("status", ["suspended", "revoked"])
def test_a_license_that_is_not_active_opens_nothing_even_with_a_fresh_link(client, license, file, status):
    address = link(client, license, file)
    license.move_to(status)
    assert client.get(address).status_code == 403
    assert client.get(f"/licenses/{license.token}/files/{file.pk}/").status_code == 403
    assert not DownloadLog.objects.exists()


def test_downloads_close_when_the_term_ends(client):
    plan = a_plan(term="term", term_days=30)
    file = a_file(a_version(plan.product))
    paid = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    license = a_license(plan, paid_at=paid)
    with time_machine.travel(paid + dt.timedelta(days=29), tick=False):
        assert client.get(link(client, license, file)).status_code == 200
    with time_machine.travel(paid + dt.timedelta(days=31), tick=False):
        assert client.get(f"/licenses/{license.token}/files/{file.pk}/").status_code == 403


def test_a_withdrawn_version_stays_with_those_who_had_it(client, plan, file, license):
    newcomer = a_license(plan)
    client.get(link(client, license, file))
    ProductVersion.objects.update(yanked=True)
    assert client.get(f"/licenses/{newcomer.token}/files/{file.pk}/").status_code == 410
    assert file.name not in client.get(f"/licenses/{newcomer.token}/").content.decode()
    assert client.get(link(client, license, file)).status_code == 200
    page = client.get(f"/licenses/{license.token}/").content.decode()
    assert file.name in page
    assert "Withdrawn" in page


def test_a_file_lost_from_storage_is_a_clear_answer_and_no_download(client, license, file):
    address = link(client, license, file)
    storages["private"].delete(file.file.name)
    response = client.get(address)
    assert response.status_code == 503
    assert not DownloadLog.objects.exists()


def test_private_files_have_no_address_of_their_own(client, file):
    assert client.get(f"/media/{file.file.name}").status_code == 404
    assert client.get(file.file.url).status_code == 404


def test_the_other_language_of_a_product_opens_the_same_files(client, file, plan):
    from wagtail.models import Locale

    swahili, _new = Locale.objects.get_or_create(language_code="sw")
    page = a_product(title="Daftari", locale=swahili)
    type(page).objects.filter(pk=page.pk).update(translation_key=plan.product.translation_key)
    page.refresh_from_db()
    assert client.get(link(client, a_license(a_plan(page)), file)).status_code == 200


@pytest.mark.usefixtures("still_clock")
def test_nobody_can_hammer_downloads(client, license, file):
    address = f"/licenses/{license.token}/files/{file.pk}/"
    assert [client.get(address).status_code for _ in range(61)][-2:] == [302, 429]


def test_from_a_bucket_the_file_comes_by_a_signed_address(client, license, file, bucket):
    """Against a real S3 API on loopback: the address we redirect to is signed, short-lived and gives the file."""
    import httpx

    response = client.get(link(client, license, file))
    assert response.status_code == 302
    address = response.headers["Location"]
    answer = httpx.get(address, timeout=180)
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == file.sha256
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "X-Amz-Expires=300" in address
    assert DownloadLog.objects.count() == 1


@pytest.fixture
def bucket(file, monkeypatch):
    from moto.server import ThreadedMotoServer
    from storages.backends.s3 import S3Storage

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    store = S3Storage(
        bucket_name="private", endpoint_url=f"http://{host}:{port}", access_key="test", secret_key="test",
        region_name="us-east-1", querystring_auth=True, querystring_expire=300, default_acl="private",
        file_overwrite=False, signature_version="s3v4",
    )  # fmt: skip
    store.connection.create_bucket(Bucket="private")
    store.save(file.file.name, io.BytesIO(file.file.read()))
    monkeypatch.setattr(VersionFile._meta.get_field("file"), "storage", store)
    yield store
    server.stop()
