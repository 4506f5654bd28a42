"""Journeys in headless Chromium: a real server, a real page, the office's two screens.

`phone` and `desk` are pages of 390×844 and 1440×900. A journey fails when the console shows an error or the
content security policy stops something; a failed one leaves a picture in tests/browser/shots/.
"""

import os
import re
import shutil
from pathlib import Path

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test import testcases
from playwright.sync_api import Page, expect, sync_playwright

from tests.factories.accounts import PASSWORD

SHOTS = Path(__file__).parent / "shots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
# What a page answers to its own background requests when the session has ended is part of a journey, not a fault.
EXPECTED = re.compile(r"status of (4\d\d)|net::ERR_(ABORTED|INTERNET_DISCONNECTED)|Failed to fetch")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Lets every connection know the rows of the data migrations, which `serialized_rollback` puts back.

    Django keeps them on the connection it made the database with; Playwright's event loop gives a test another
    context, and with it another connection.
    """
    wrapper = connections["default"]
    if "_test_serialized_contents" in vars(wrapper):
        type(wrapper)._test_serialized_contents = wrapper._test_serialized_contents


@pytest.fixture(scope="session", autouse=True)
def static_files():
    """The live server looks for our own name of the static files app and wouldn't find them."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's sync API runs an event loop in this thread
    original, testcases._StaticFilesHandler = testcases._StaticFilesHandler, StaticFilesHandler
    yield
    testcases._StaticFilesHandler = original


def chromium_path() -> str | None:
    """An installed browser, or None for Playwright's own download."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.failed:
        SHOTS.mkdir(exist_ok=True)
        for name in ("phone", "desk"):
            page = item.funcargs.get(name)
            if isinstance(page, Page):
                page.screenshot(path=SHOTS / f"{item.name}-{name}.png", full_page=True)
    return report


def watch(page: Page, faults: list[str]) -> None:
    """Collects what the page complains of: console errors (a CSP violation is one) and uncaught exceptions."""

    def heard(message):
        if message.type == "error" and not EXPECTED.search(message.text):
            faults.append(f"{page.url}: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))

    def answered(response):
        if response.status >= 500 or (response.status >= 400 and "/static/" in response.url):
            faults.append(f"{response.url}: {response.status}")

    page.on("response", answered)


def open_page(browser, live_server, width: int, height: int, *, touch: bool):
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": height},
        has_touch=touch,
        is_mobile=touch,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(10_000)
    faults: list[str] = []
    context.on("page", lambda page: watch(page, faults))
    yield context.new_page()
    context.close()
    assert faults == []


@pytest.fixture
def phone(browser, live_server):
    """A page on a phone, 390 px wide."""
    yield from open_page(browser, live_server, 390, 844, touch=True)


@pytest.fixture
def desk(browser, live_server):
    """A page on an office screen."""
    yield from open_page(browser, live_server, 1440, 900, touch=False)


@pytest.fixture
def sign_in():
    """`sign_in(page, user)`: by the real form, with the factories' password."""

    def through_the_form(page: Page, user, password: str = PASSWORD) -> None:
        page.goto("/accounts/login/")
        page.fill("[name=username]", user.username)
        page.fill("[name=password]", password)
        page.click("button[type=submit]")
        expect(page).not_to_have_url(re.compile("/accounts/login/"))

    return through_the_form
