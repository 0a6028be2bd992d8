"""Screens as pictures: photographed from what was archived, without a network.

Scripts are on, so that what is for browsers without them is not shown; but none is in a screen, and
its policy lets none run. Needs Playwright (``asgi-consent[screenshots]``) and a Chromium; the fonts
are those of the machine.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from consent.errors import NoPictures

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, BrowserType

QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    # Whatever it is that looks for a host, it finds none.
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
NAMES = ("chromium", "google-chrome")
"""Of browsers that are taken where Playwright has not brought its own."""
PATIENCE_MS = 30_000


class Viewport(NamedTuple):
    """On which kind of device, in CSS pixels."""

    width: int
    height: int
    scale: int
    """Pixels of the picture to one of these."""
    touch: bool


VIEWPORTS = {
    "phone": Viewport(390, 844, 2, touch=True),
    "desktop": Viewport(1280, 800, 1, touch=False),
}


class Camera:
    """A browser that runs."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: dict[str, BrowserContext] = {}
        self.name = f"Chromium {browser.version}"
        """Which one, for those who look at the pictures."""

    async def take(self, page: str) -> dict[str, bytes]:
        """A whole page as PNG, in each viewport.

        Raises:
            NoPictures: the browser breaks off.
        """
        from playwright.async_api import Error

        try:
            taken = await asyncio.gather(*(self._take(page, name) for name in VIEWPORTS))
            return dict(zip(VIEWPORTS, taken, strict=True))
        except Error as error:
            raise NoPictures(_first_line(error)) from error

    async def _take(self, page: str, name: str) -> bytes:
        if name not in self._contexts:
            self._contexts[name] = await self._browser.new_context(**_settings(VIEWPORTS[name]))
        tab = await self._contexts[name].new_page()
        try:
            await tab.set_content(page, timeout=PATIENCE_MS)
            return await tab.screenshot(full_page=True, animations="disabled", timeout=PATIENCE_MS)
        finally:
            await tab.close()


@asynccontextmanager
async def camera(chromium: str | None = None) -> AsyncIterator[Camera]:
    """A browser, for as long as it is needed.

    Args:
        chromium: its program; where none is named, Playwright's own, or the machine's.

    Raises:
        NoPictures: there is none, or it does not start.
    """
    try:
        from playwright.async_api import Error, async_playwright
    except ImportError as error:
        raise NoPictures("install asgi-consent[screenshots]") from error
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(
                executable_path=chromium or _found(playwright.chromium), args=QUIET
            )
        except Error as error:
            raise NoPictures(_first_line(error)) from error
        try:
            yield Camera(browser)
        finally:
            await browser.close()


def _settings(viewport: Viewport) -> Any:
    return {
        "viewport": {"width": viewport.width, "height": viewport.height},
        "device_scale_factor": viewport.scale,
        # No more of a phone than that: a placeholder stands in a frame, whose width is its own.
        "has_touch": viewport.touch,
        "offline": True,
        "service_workers": "block",
        "color_scheme": "light",
        "reduced_motion": "reduce",
    }


def _found(engine: BrowserType) -> str | None:
    if Path(engine.executable_path).exists():
        return None
    return next(filter(None, map(shutil.which, NAMES)), None)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
