"""The ways, as they are written in ``ways/``: markup, headers of a response, scripts.

A way is what follows a comment with its name. Behind the name may stand, in brackets:
``head`` (it belongs there), ``alone`` (on a page of its own), ``document`` (it is the whole page),
``navigates`` (it leads the visitor elsewhere), ``connects`` (no request, a connection is all it
makes), ``port`` (it is told a port on which nobody else is heard), ``once`` (it leads to one host
only), ``asked`` (the browser has to be asked to go it),
``idle`` (a browser that has much to do leaves it out: that it comes back is shown elsewhere),
``unheard`` (it breaks what would tell that its page is whole), ``to=`` (whom it calls).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

FOLDER = Path(__file__).parent / "ways"
NAMES = {
    ".html": re.compile(r"^<!-- (.+?)((?: \[[^\]]+\])*) -->$", re.MULTILINE),
    ".js": re.compile(r"^// (.+?)((?: \[[^\]]+\])*)$", re.MULTILINE),
    ".txt": re.compile(r"^# (.+?)((?: \[[^\]]+\])*)$", re.MULTILINE),
}
ZONES = ("tracker", "stranger")
"""Of a service that may be granted; of nobody that the site has declared."""
SVG = "<svg xmlns='http://www.w3.org/2000/svg'><image href='{}' width='9' height='9'/></svg>"
XML = "<?xml-stylesheet href='{}' type='text/css'?><a>1</a>"
XSLT = "<?xml-stylesheet href='{}' type='text/xsl'?><a>1</a>"
XHTML = "<html xmlns='http://www.w3.org/1999/xhtml'><body><img src='{}'/></body></html>"


@dataclass(frozen=True)
class Target:
    """One address that a way leads to."""

    host: str
    way: str
    port: int

    @property
    def url(self) -> str:
        """Of this host, and of this way."""
        return f"https://{self.host}/{self.way}"

    def put_into(self, text: str) -> str:
        """The text with what stands in braces replaced."""
        values = {
            "url": self.url,
            "host": self.host,
            "HOST": self.host.upper(),
            "way": f"{self.way}{self.host.split('.')[2][0]}",
            "encoded": quote(self.url, safe=""),
            "base64": b64encode(f"<img src='{self.url}'>".encode()).decode(),
            "svg": quote(SVG.format(self.url), safe=""),
            "xml": quote(XML.format(self.url), safe=""),
            "xslt": quote(XSLT.format(self.url), safe=""),
            "xhtml": quote(XHTML.format(self.url), safe=""),
        }
        return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)


@dataclass(frozen=True)
class Way:
    """One way, and what is to be known of it."""

    number: int
    family: str
    name: str
    text: str
    kind: str
    """Of the file: ``.html``, ``.js`` or ``.txt``."""
    marks: frozenset[str]

    @cached_property
    def id(self) -> str:
        """As it stands in host names."""
        return f"w{self.number}"

    @cached_property
    def calls(self) -> str:
        """The beginning of what it calls, where that is a service of its own."""
        return next((mark[3:] for mark in self.marks if mark.startswith("to=")), "")

    @property
    def title(self) -> str:
        """As it stands in the table, and in the list of known limits."""
        return f"{self.family}: {self.name}"

    @property
    def is_alone(self) -> bool:
        """Whether it needs a page of its own."""
        return not self.marks.isdisjoint({"alone", "document"})

    @property
    def zones(self) -> tuple[str, ...]:
        """Where it leads: to both, unless it can be gone only once."""
        once = self.is_alone or self.calls or "once" in self.marks
        return ZONES[:1] if once else ZONES

    def target(self, state: str, zone: str, port: int = 0) -> Target:
        """Where it leads in this state of things; a host of its own for each."""
        return Target(f"{self.id}.{state}.{zone}.test", self.id, port)


def _read() -> Iterator[Way]:
    number = 0
    for file in sorted(FOLDER.iterdir()):
        _, *parts = NAMES[file.suffix].split(file.read_text())
        for name, marks, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            found = frozenset(re.findall(r"\[([^\]]+)\]", marks))
            yield Way(number, file.stem, name, text.strip("\n"), file.suffix, found)
            number += 1


WAYS = tuple(_read())
