"""A browser without a screen that shows a page as a phone would; driven by the Chrome DevTools Protocol."""

from __future__ import annotations

import asyncio
import base64
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome")
START_S = 60.0  # a loaded machine
ANSWER_S = 30.0


def browser() -> str | None:
    """The browser that is installed, if one is."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Phone:
    """One page. One thread; calls wait for their answer."""

    def __init__(self, runner: asyncio.Runner, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._runner = runner
        self._socket = socket
        self._calls = 0

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command of the protocol; fails the test if the browser refuses it."""
        return self._runner.run(self._call(method, parameters))

    def resize(self, width_px: int, height_px: int, scale: float = 2.0) -> None:
        """The size of the screen, in the page's pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width_px,
            height=height_px,
            deviceScaleFactor=scale,
            mobile=True,
        )
        self.call("Emulation.setTouchEmulationEnabled", enabled=True)

    def open(self, url: str) -> None:
        """Goes to an address."""
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, condition: str, timeout_s: float = ANSWER_S) -> Any:
        """The first true value of an expression; fails the test if there is none in time."""
        ends_s = time.monotonic() + timeout_s
        while time.monotonic() < ends_s:
            if value := self.evaluate(condition):
                return value
            time.sleep(0.02)
        raise AssertionError(f"not true within {timeout_s:.0f} s: {condition}")

    def touch(self, selector: str, across: float = 0.5) -> None:
        """A finger on an element, `across` its width."""
        box = f"(() => {{ const b = document.querySelector({selector!r}).getBoundingClientRect();"
        x, y = self.evaluate(f"{box} return [b.left + b.width * {across}, b.top + b.height / 2]; }})()")
        self.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def screenshot(self) -> bytes:
        """What it shows, as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    async def _call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._calls += 1
        await self._socket.send_json({"id": self._calls, "method": method, "params": parameters})
        async with asyncio.timeout(ANSWER_S):
            while True:
                answer = await self._socket.receive_json()
                if answer.get("id") == self._calls:
                    assert "error" not in answer, f"{method}: {answer['error']}"
                    return answer["result"]


@contextmanager
def phone() -> Iterator[Phone]:
    """A browser of our own with one empty page; gone afterwards."""
    program = browser()
    assert program
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, asyncio.Runner() as runner:
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
        flags += ["--disable-background-networking", "--disable-dev-shm-usage", "--no-proxy-server"]
        process = subprocess.Popen(
            [program, *flags, "--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        session = None
        try:
            session, socket = runner.run(_connect(Path(folder) / "DevToolsActivePort"))
            yield Phone(runner, socket)
        finally:
            if session:
                with suppress(Exception):
                    runner.run(session.close())
            process.terminate()
            process.wait(timeout=ANSWER_S)


async def _connect(port_file: Path) -> tuple[aiohttp.ClientSession, aiohttp.ClientWebSocketResponse]:
    """To the first page of the browser that writes `port_file` once it listens."""
    ends_s = time.monotonic() + START_S
    while not (port_file.exists() and port_file.read_text().count("\n")):
        assert time.monotonic() < ends_s, "the browser did not start"
        await asyncio.sleep(0.05)
    port = port_file.read_text().split("\n")[0]
    session = aiohttp.ClientSession()
    while time.monotonic() < ends_s:
        async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
            pages = [page for page in await answer.json() if page["type"] == "page"]
        if pages:
            return session, await session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0)
        await asyncio.sleep(0.05)
    raise AssertionError("the browser has no page")
