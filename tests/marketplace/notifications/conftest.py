from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.marketplace.notifications import smtp_server


@pytest.fixture(autouse=True)
def greeting(settings: Any, tmp_path: Path) -> Path:
    """A mail template of the tests' own."""
    folder = tmp_path / "emails"
    folder.mkdir()
    (folder / "greeting.subject.txt").write_text("Karibu {{ name }}\n at {{ site_name }}\n")
    (folder / "greeting.txt").write_text("Hello {{ name }}\n")
    (folder / "greeting.html").write_text("<p>Hello {{ name }}</p>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    return folder


@pytest.fixture
def smtp(settings: Any) -> Iterator[smtp_server.Server]:
    """A real mail server on loopback, and Django told to use it."""
    with smtp_server.running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server
