"""The whole product in its own processes, on its own database: web server, worker, scheduler and clerk, met by a browser."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import APIRequestContext, Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.support import console

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@dataclass(frozen=True)
class Product:
    """A running product: where, whom to sign in as, which keys, and its environment for commands."""

    url: str
    accounts: dict[str, list[dict[str, str]]]
    keys: dict[str, str]
    environment: dict[str, str]

    def command(self, *arguments: str, expect: int = 0) -> str:
        """The operators' console."""
        done = console.run(self.environment, *arguments)
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def product(_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Product]:
    """Start everything once for the session; nothing of it outlives the tests."""
    from tests.support import postgres

    cluster = postgres.session_cluster(tmp_path_factory, worker_id)
    name, port, folder = f"browser_{worker_id}", free_port(), tmp_path_factory.mktemp("product")
    cluster.clone("template_tests", name)
    environment = {
        **os.environ, **_environment, "DATABASE_URL": cluster.url(name, "backoffice_app"), "DATABASE_OWNER_URL": cluster.url(name, "backoffice_owner"),
        "BACKOFFICE_DATA": str(folder), "KEYS_FOLDER": str(folder / "keys"), "STORAGE_URL": (folder / "files").as_uri(), "PORT": str(port),
        "DROP_FOLDER": str(folder / "drop"), "REDIS_URL": _queue_of_its_own(_environment["REDIS_URL"]),
    }  # fmt: skip
    staged = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("stage.py"))], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert staged.returncode == 0, staged.stderr
    said = json.loads(staged.stdout.splitlines()[-1])
    granian = [sys.executable, "-m", "granian", "--interface", "rsgi", "--port", str(port)]
    granian += ["--workers", "1", "--respawn-failed-workers", "--respawn-interval", "0.2", "--no-ws", "wsgi:door"]
    log = (folder / "log.txt").open("w")
    server = subprocess.Popen(granian, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
    others = [console.start(environment, name, out=folder / "log.txt") for name in ("worker", "scan-worker", "scheduler", "clerk")]
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/readyz", folder / "log.txt")
        yield Product(f"http://127.0.0.1:{port}", said["accounts"], said["keys"], environment)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        for process in others:
            process.send(signal.SIGTERM)
        for process in (server, *others):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _queue_of_its_own(url: str) -> str:
    """Another database of the queue server than the tests' own: its worker must take nothing of theirs."""
    address, _, number = url.rpartition("=")
    return f"{address}={int(number) + 8}"


def wait_until_ready(url: str, log: Path) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - an address of ours
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the product did not start: {log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@dataclass
class Desk:
    """Somebody at work: a signed-in browser of its own."""

    product: Product
    page: Page

    def open(self, path: str) -> Page:
        answer = self.page.goto(self.product.url + path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        return self.page


class Desks:
    """Opens desks, with scripts or without."""

    def __init__(self, product: Product, browser: Browser, *, scripts: bool) -> None:
        self.product, self.browser, self.scripts = product, browser, scripts
        self.contexts: list[BrowserContext] = []
        self.said: list[str] = []

    def sign_in(self, role: str, place: int = 0) -> Desk:
        context = self.browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-CA", java_script_enabled=self.scripts)
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.said.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda fault: self.said.append(str(fault)))
        account = self.product.accounts[role][place]
        page.goto(f"{self.product.url}/sign-in")
        page.locator("input[name=email]").fill(account["email"])
        page.locator("input[name=password]").fill(account["password"])
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return Desk(self.product, page)

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture(params=["scripts", "no scripts"])
def desks(product: Product, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Desks]:
    """The team, once with scripts and once without."""
    made = Desks(product, browser, scripts=request.param == "scripts")
    yield made
    made.close()


@contextmanager
def leaving(page: Page) -> Iterator[None]:
    """What is done inside sends the page away; after it the next one stands. A load state asked for at once is the old page's."""
    with page.expect_navigation():
        yield


def api(playwright: Playwright, product: Product, key: str) -> APIRequestContext:
    """Another system, with its key."""
    return playwright.request.new_context(
        base_url=product.url, extra_http_headers={"Authorization": f"Bearer {product.keys[key]}", "Accept-Language": "fr"}
    )
