"""A real Chromium, driven over its DevTools protocol: open a page at a width and a theme, look, and ask it questions.

Everything the browser complains about (a blocked style, a failed request, a script error) is collected, so that a test
can say there was nothing.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.anvil_node import CI_FOLDER, INSTALL
from tests.ending import end_with_us
from tests.patience import PATIENCE_SECONDS

NAMES = ("chromium", "chromium-browser", "google-chrome")
ADVICE = "no Chromium here: sudo apt-get install -y --no-install-recommends chromium"
AXE = CI_FOLDER / "node_modules" / "axe-core" / "axe.min.js"
LISTENING = "DevTools listening on "
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--mute-audio",
    "--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
    "--disable-extensions", "--disable-sync", "--force-color-profile=srgb", "--remote-debugging-port=0",
    "--remote-debugging-address=127.0.0.1",
)  # fmt: skip


class BrowserError(AssertionError):
    """The browser did not do what it was asked."""


@dataclass
class Page:
    """One tab: commands go out, answers and complaints come back."""

    socket: ClientConnection
    complaints: list[str] = field(default_factory=list)
    _asked: int = 0
    _session: str = ""
    _loaded: bool = False
    _stopped: bool = False

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and return its result, noting every event that comes first."""
        self._asked += 1
        message: dict[str, Any] = {"id": self._asked, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self.socket.send(json.dumps(message))
        while True:
            answer = self._next()
            if answer.get("id") == message["id"]:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _next(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.socket.recv(timeout=PATIENCE_SECONDS))
        self._note(answer.get("method", ""), answer.get("params", {}))
        return answer

    def _note(self, method: str, params: dict[str, Any]) -> None:
        match method:
            case "Page.loadEventFired":
                self._loaded = True
            case "Page.frameStoppedLoading":
                self._stopped = True
            case "Log.entryAdded":
                self.complaints.append(f"{params['entry']['level']}: {params['entry']['text']}")
            case "Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Audits.issueAdded":
                self.complaints.append(json.dumps(params)[:600])
            case "Network.loadingFailed":
                self.complaints.append(f"not loaded: {params.get('errorText')} {params.get('blockedReason')}")
            case "Network.responseReceived" if params["response"]["status"] >= 400:
                self.complaints.append(f"{params['response']['status']} {params['response']['url']}")

    def begin(self) -> None:
        """Attach to the first tab and listen to everything it may complain about."""
        targets = self.ask("Target.getTargets")["targetInfos"]
        tab = next(target["targetId"] for target in targets if target["type"] == "page")
        self._session = self.ask("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
        for domain in ("Page", "Log", "Runtime", "Network", "Audits"):
            self.ask(f"{domain}.enable")

    def dress(self, *, width: int, height: int = 900, theme: str = "light", media: str = "screen") -> None:
        """Set the width of the window, the colour scheme the reader prefers, and screen or print."""
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        self.ask("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": theme}])

    def open(self, url: str) -> None:
        """Go to *url* and wait until it is loaded, fonts too."""
        self._loaded = False
        told = self.ask("Page.navigate", url=url)
        if "errorText" in told:
            raise BrowserError(f"{url}: {told['errorText']}")
        self._wait()

    def submit(self, form: str) -> None:
        """Press the button of the form that the selector *form* names, and wait for the page it leads to."""
        self._loaded = False
        self.evaluate(f"document.querySelector({json.dumps(form)}).querySelector('button').click()")
        self._wait()

    def back(self) -> None:
        """Go back by one page, as the browser's button does, and wait for what it shows then."""
        told = self.ask("Page.getNavigationHistory")
        before = told["entries"][told["currentIndex"] - 1]
        self._stopped = False
        self.ask("Page.navigateToHistoryEntry", entryId=before["id"])
        while not self._stopped:  # a page that cannot be had again tells of no load
            self._next()

    def _wait(self) -> None:
        while not self._loaded:
            self._next()
        self.evaluate("document.fonts.ready.then(() => true)")

    def evaluate(self, expression: str) -> Any:
        """Return what *expression* comes to in the page."""
        told = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True
        )
        if "exceptionDetails" in told:
            raise BrowserError(f"{expression}: {told['exceptionDetails']['text']}")
        return told["result"].get("value")

    def axe(self) -> list[str]:
        """Return what axe finds against WCAG 2.2 AA and good practice in the page as it is dressed, and where.

        What axe cannot decide alone (a text over a picture) is no finding.
        """
        if not self.evaluate("'axe' in window"):
            self.evaluate(axe_script())
        told = self.evaluate("axe.run(document, {resultTypes: ['violations']}).then(told => JSON.stringify("
                             "told.violations.flatMap(each => each.nodes.map(node => "
                             "`${each.id}: ${node.target.join(' ')}: ${node.failureSummary}`))))")  # fmt: skip
        found: list[str] = json.loads(told)
        return found

    def press(self, key: str) -> None:
        """Press one key, as "Tab"."""
        code = {"Tab": 9, "Enter": 13}[key]
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def screenshot(self) -> bytes:
        """Return the whole page as PNG, however long it is."""
        told = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(told["data"])


@cache
def axe_script() -> str:
    """Return axe-core as `make parts` brings it; where it did not, say how to get it."""
    if not AXE.exists():
        raise BrowserError(f"no axe here: {INSTALL}")
    return f"{AXE.read_text(encoding='utf-8')};true"


def chromium_path() -> str:
    """Return the browser of this machine; where there is none, say how to get one."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    raise BrowserError(ADVICE)


@contextmanager
def browser() -> Iterator[Page]:
    """Start a Chromium with a profile of its own, and end that one when the test is done."""
    with tempfile.TemporaryDirectory(prefix="lotwork-chromium-", ignore_cleanup_errors=True) as profile:
        command = [chromium_path(), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        end_with_us(process.pid, folder=Path(profile))
        try:
            with connect(_address(process), max_size=64 * 1024 * 1024, open_timeout=PATIENCE_SECONDS) as socket:
                page = Page(socket)
                page.begin()
                yield page
                socket.send(json.dumps({"id": 0, "method": "Browser.close"}))
            process.wait(PATIENCE_SECONDS)
        finally:
            process.kill()
            process.wait()
            if process.stderr is not None:
                process.stderr.close()


def _address(process: subprocess.Popen[str]) -> str:
    """Read what the browser says until it names its DevTools address."""
    said = []
    for line in process.stderr or ():
        said.append(line)
        if LISTENING in line:
            return line.partition(LISTENING)[2].strip()
    raise BrowserError(f"Chromium ended before it listened: {''.join(said)[-2000:]}")


def save(picture: bytes, name: str, folder: Path) -> Path:
    """Keep a picture where a person may look at it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.png"
    file.write_bytes(picture)
    return file
