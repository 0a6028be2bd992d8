"""What a page needs to set every service of the catalogue off, made from the catalogue itself."""

from __future__ import annotations

from dataclasses import dataclass

from consent.catalog.schema import Entry
from tests.catalog.snippets import SHAPES

TAGS = (
    '<script src="{}"></script>',
    '<img src="{}" alt="">',
    '<iframe src="{}"></iframe>',
    '<link rel=stylesheet href="{}">',
)
"""One after the other, so that every kind is tried on every family."""


@dataclass(frozen=True)
class Trigger:
    """One service, and what each part of a page would make it do."""

    service: str
    addresses: tuple[str, ...]
    """One on each of its hosts, under its path."""
    scripts: tuple[str, ...]
    """Its inline loaders, each in the shapes in which sites have them."""
    cookies: tuple[str, ...]
    """Names that its first-party cookies may have."""

    def tags(self) -> list[str]:
        """An element for each address."""
        return [TAGS[n % len(TAGS)].format(each) for n, each in enumerate(self.addresses)]

    def inline(self) -> list[str]:
        """A script for each loader; that it ran is seen in ``window.ran``.

        The loader is read, but not called: it is known by its text, and what it would load is not
        there.
        """
        start, end = "<script>(window.ran ??= []).push('", "\n}</script>"
        return [
            f"{start}{self.ran(n)}')\nasync function never() {{\n{each}{end}"
            for n, each in enumerate(self.scripts)
        ]

    def ran(self, number: int) -> str:
        """What says that this loader ran."""
        return f"{self.service}#{number}"

    def page(self) -> str:
        """All of it as a part of a page."""
        return "\n".join([*self.tags(), *self.inline()])

    def effects(self) -> frozenset[str]:
        """All that is seen where nothing holds it."""
        reached = {each.removeprefix("https://") for each in self.addresses}
        ran = {self.ran(number) for number in range(len(self.scripts))}
        return frozenset(reached | ran | {f"cookie {name}" for name in self.cookies})


def trigger(entry: Entry) -> Trigger:
    """What sets this service off."""
    return Trigger(
        entry.id,
        tuple(map(address, entry.hosts)),
        tuple(dict.fromkeys(script for service, script in SHAPES if service == entry.id)),
        tuple(
            item.name.replace("*", "x1")
            for item in entry.items
            if item.kind == "cookie" and not item.third_party
        ),
    )


def address(pattern: str) -> str:
    """An address that a claim covers: a name below a wildcard, a file under a folder."""
    host, slash, path = pattern.partition("/")
    file = "" if slash and not path.endswith("/") and path else "x"
    return f"https://{host.replace('*', 'a')}/{path}{file}"


def use(entry: Entry) -> dict[str, str]:
    """The service in a configuration, asked for even if it is exempt as commonly used."""
    return {"use": entry.id, "purpose": "preferences" if entry.exempt_reason else entry.purpose}
