"""One running site with the demo catalog for all journeys, and a browser that reports its own errors."""

import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect
from pytest_django.plugin import DjangoDbBlocker

from marketplace.backoffice.running.processes import ROOT
from tests import databases
from tests.journeys.patience import PATIENCE
from tests.services import chromium
from tests.stack import Stack

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

expect.set_options(timeout=PATIENCE)

OPTIONS = [
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip


@pytest.fixture(scope="session")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stack]:
    """The whole site with the demo catalog, on a clone of the migrated database."""
    with django_db_blocker.unblock(), databases.cloned() as url:
        stack = Stack(url, settings={"WORKER_SILENCE_SECONDS": 0})  # nobody here would start the worker anew
        environment = stack.programs["web"].full_environment()
        subprocess.run([sys.executable, "manage.py", "load_demo", "-v0"], cwd=ROOT, env=environment, check=True)
        try:
            yield stack.start()
        finally:
            stack.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A journey that failed shows how the site's programs are and what they said last."""
    report = yield
    site = getattr(item, "funcargs", {}).get("site")
    if report.failed and isinstance(site, Stack):
        report.sections.append(("the site's programs", site.last_words()))
    return report


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    program = chromium()
    if program is None:
        pytest.skip("no Chromium on this machine: install chromium, or set CHROMIUM to its path")
    browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
    yield browser
    browser.close()


@pytest.fixture
def context(browser: Browser, site: Stack, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A fresh visitor on a phone. Mark a test `without_javascript` for one whose browser runs none."""
    options: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "accept_downloads": True}
    if request.node.get_closest_marker("without_javascript"):
        options["java_script_enabled"] = False
    context = browser.new_context(base_url=site.base_url, **options)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console said was wrong: scripts, policy violations, missing files."""
    return []


@pytest.fixture
def page(context: BrowserContext, complaints: list[str]) -> Page:
    page = context.new_page()

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.text} ({message.location.get('url', '')})")

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page
