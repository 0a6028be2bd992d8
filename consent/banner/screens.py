"""The screens that visitors click on, as they can be shown again (law.md EU-10, FR-24).

Nothing of one visitor or one page is in them: no address to go back to, no nonce, no answers given
before. So a site has few, and each is kept once, under the hash that records name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Any

from markupsafe import escape
from rfc8785 import dumps

from consent.assets import ROUTE
from consent.banner.pages import Pages
from consent.banner.signals import vendor_signals
from consent.config import ConsentConfig
from consent.model import Screen
from consent.objections import NONE, Objection
from consent.record import Interface

FORM = 1
"""Of a screen's content; a reader of archived screens goes by it."""

KEPT = 256
"""Screens kept rendered: per language and interface, and for placeholders per service."""

_START = "/"
"""Stands for whichever page it was."""

# Shown again, it may load nothing and send nothing.
HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'"
_SHEET = re.compile(rf"/{ROUTE}([a-z-]+)\.[0-9a-f]+\.css")
_HEAD = '<head>\n<meta charset="utf-8">\n'
_PAGE = (
    '<!doctype html>\n<html lang="{lang}">\n' + _HEAD + "<meta"
    ' name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
    "</head>\n<body>\n{html}\n</body>\n</html>"
)


class Screens:
    """The screens of one configuration, each rendered when it is first answered."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        # Without the place where the application is mounted, which nobody sees, and which some
        # servers take from a header of the request.
        self._prefix = pages.config.path
        self._found: dict[str, Screen] = {}
        self.banner = lru_cache(KEPT)(self._banner)
        self.preferences = lru_cache(KEPT)(self._preferences)
        self.placeholder = lru_cache(KEPT)(self._placeholder)
        self.scripts = lru_cache(1)(self._scripts)

    def find(self, digest: str) -> Screen:
        """What was rendered here and has this hash.

        Raises:
            KeyError: nothing has.
        """
        return self._found[digest]

    def _banner(self, lang: str, objects: bool = False) -> Screen:
        """The first layer; ``objects`` where it says that the browser's signal is respected."""
        html = self._pages.banner(
            lang=lang, decided=False, prefix=self._prefix, next=_START, objects=objects
        )
        # The sheet is asked for by the page around it.
        return self._screen(Interface.BANNER, lang, html, "consent.css")

    def _preferences(self, lang: str, objection: Objection = NONE) -> Screen:
        """The second layer, as it is before anything was answered; the script shows its form."""
        html = self._pages.preferences(
            lang=lang, choice=None, prefix=self._prefix, next=_START, objection=objection
        )
        return self._screen(Interface.PREFERENCES, lang, html)

    def _placeholder(
        self, lang: str, service: str, decided: bool, opens: bool, answers: bool
    ) -> Screen:
        """With buttons; ``opens`` where one of them opens the frame, ``answers`` in its place."""
        html = self._pages.placeholder(
            lang=lang,
            service=service,
            prefix=self._prefix,
            decided=decided,
            next=_START,
            opens=opens,
            answers=answers,
            unframed=True,
        )
        return self._screen(Interface.PLACEHOLDER, lang, html)

    def _scripts(self) -> Screen:
        """The browser code itself, as this site sends it: the guard has its rules in it."""
        names = served(self._pages.config)
        return self._kept({"scripts": {name: self._text(name) for name in names}})

    def _screen(self, interface: Interface, lang: str, html: str, *styles: str) -> Screen:
        """Styles are those of the page around it, and all that the markup asks for."""
        styles += tuple(f"{name}.css" for name in _SHEET.findall(html))
        return self._kept(
            {
                "interface": interface.value,
                "language": self._pages.language(lang),
                "html": html,
                "styles": {name: self._text(name) for name in styles},
            }
        )

    def _text(self, name: str) -> str:
        return self._pages.assets.body(name).decode()

    def _kept(self, content: dict[str, Any]) -> Screen:
        data = dumps({"form": FORM, **content})
        screen = Screen(sha256(data).hexdigest(), data)
        return self._found.setdefault(screen.hash, screen)


def served(config: ConsentConfig) -> Iterator[str]:
    """The scripts that pages of this site may name, by their names among the assets."""
    yield from ("guard.js", "consent.js")
    if vendor_signals(config.services, config.purposes):
        yield "signals.js"
    if not (config.blocking.seal and config.blocking.undeclared_hosts == "block"):
        yield "release.js"
    if config.site.development:
        yield "development.js"


def stand_alone(screen: Screen) -> str:
    """An archived screen as one HTML file: what was served, with its styles put into the head.

    Raises:
        ValueError: it is no screen, as the scripts are not.
    """
    content = json.loads(screen.content)
    if content.get("form") != FORM or "html" not in content:
        raise ValueError("not a screen")
    html: str = content["html"]
    if not html.startswith("<!doctype"):
        about = {"lang": escape(content["language"]), "title": escape(content["interface"])}
        html = _PAGE.format(html=html, **about)
    return html.replace(_HEAD, _HEAD + added(screen), 1)


def added(screen: Screen) -> str:
    """What ``stand_alone`` adds to the head of a screen."""
    styles = json.loads(screen.content)["styles"].values()
    css = "".join(f"<style>{style}</style>\n" for style in styles)
    return f'<meta http-equiv="Content-Security-Policy" content="{HARMLESS}">\n{css}'
