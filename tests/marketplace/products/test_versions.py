"""Versions and files: kept in private storage with the checksum of exactly what was stored."""

import datetime as dt
import hashlib

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from marketplace.audit.models import LogEntry
from marketplace.products.errors import FileNameTaken, StillOffered, VersionTaken
from marketplace.products.models import ProductVersion, VersionFile
from marketplace.products.selectors import product_versions
from marketplace.products.services import delete_version, put_version, remove_file, set_yanked, store_file
from marketplace.products.services.store_file import safe_name
from tests.factories.events import in_a_cart
from tests.factories.products import make_plan, make_product

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 1)


def make_version(product=None, version="1.0.0", **fields) -> ProductVersion:
    product = product or make_product()
    return put_version(product=product, version_row=None, version=version, released_on=DAY, actor_id=None, **fields)


def store(version: ProductVersion, name="tool.zip", content=b"the goods", **fields) -> VersionFile:
    return store_file(version=version, upload=SimpleUploadedFile(name, content), actor_id=None, **fields)


def test_a_file_is_stored_privately_with_its_checksum_and_size():
    file = store(make_version(), content=b"x" * 70_000, platform="Linux")
    with storages["private"].open(file.file.name) as stored:
        content = stored.read()
    assert content == b"x" * 70_000
    assert (file.size, file.sha256) == (70_000, hashlib.sha256(content).hexdigest())
    assert not storages["default"].exists(file.file.name)
    assert LogEntry.objects.filter(action="version_file.created", target_id=str(file.pk)).exists()


def test_a_large_upload_on_disk_is_hashed_in_chunks_and_stored_whole():
    upload = TemporaryUploadedFile("big.bin", "application/octet-stream", 5_000_000, None)
    upload.write(bytes(range(250)) * 20_000)
    upload.seek(0)
    file = store_file(version=make_version(), upload=upload, actor_id=None)
    upload.close()
    with storages["private"].open(file.file.name) as stored:
        assert hashlib.sha256(stored.read()).hexdigest() == file.sha256
    assert file.size == 5_000_000


def test_no_address_of_the_site_leads_to_a_private_file(client):
    file = store(make_version())
    for address in (file.file.url, f"/media/{file.file.name}", f"/{file.file.name}", f"/private/{file.file.name}"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("tool.zip", "tool.zip"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\my tool (1).zip", "my-tool-1-.zip"),
        ("...", "file"),
        ("a" * 300 + ".zip", "a" * 156 + ".zip"),
    ],
)
def test_file_names_are_made_harmless(given, kept):
    assert safe_name(given) == kept


def test_one_name_once_per_version():
    version = make_version()
    store(version)
    with pytest.raises(FileNameTaken):
        store(version)
    assert version.files.count() == 1
    store(make_version(version.product, "1.1.0"))


def test_one_version_once_per_product():
    version = make_version()
    with pytest.raises(VersionTaken) as refusal:
        make_version(version.product)
    assert "version" in refusal.value.details["errors"]
    make_version(make_product())


def test_withdrawn_versions_are_not_listed_and_can_come_back():
    version = make_version()
    set_yanked(version=version, yanked=True, actor_id=None)
    assert product_versions(version.product) == []
    assert product_versions(version.product, withdrawn=True) == [version]
    set_yanked(version=version, yanked=False, actor_id=None)
    assert product_versions(version.product) == [version]


def test_versions_come_newest_first_with_their_files_in_two_queries(django_assert_num_queries):
    product = make_product()
    for number in range(4):
        store(make_version(product, f"1.{number}"))
    with django_assert_num_queries(2):
        found = product_versions(product)
        assert [len(version.files.all()) for version in found] == [1, 1, 1, 1]
    assert [version.version for version in found] == ["1.3", "1.2", "1.1", "1.0"]


def test_deleting_takes_the_stored_file_along(django_capture_on_commit_callbacks):
    file = store(make_version())
    name = file.file.name
    with django_capture_on_commit_callbacks(execute=True):
        delete_version(version=file.version, actor_id=None)
    assert not storages["private"].exists(name)
    assert not ProductVersion.objects.exists()


def test_what_buyers_count_on_is_withdrawn_before_it_is_deleted():
    product = make_product()
    in_a_cart(make_plan(product), quantity=1)
    file = store(make_version(product))
    with pytest.raises(StillOffered):
        remove_file(file=file, actor_id=None)
    with pytest.raises(StillOffered):
        delete_version(version=file.version, actor_id=None)
    set_yanked(version=file.version, yanked=True, actor_id=None)
    file.version.refresh_from_db()
    delete_version(version=file.version, actor_id=None)
    assert not VersionFile.objects.exists()
