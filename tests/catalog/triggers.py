"""What a page needs to set every service of the catalogue off, made from the catalogue itself."""

from __future__ import annotations

from dataclasses import dataclass
from json import dumps

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
    local: tuple[str, ...]
    """Keys that it may have in the site's own local storage."""
    session: tuple[str, ...]
    """The same for session storage."""

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
        """Tags and loaders as a part of a page."""
        return "\n".join([*self.tags(), *self.inline()])

    def effects(self) -> frozenset[str]:
        """All that is seen where nothing holds it, the page having ``STORING`` as well."""
        reached = {each.removeprefix("https://") for each in self.addresses}
        ran = {self.ran(number) for number in range(len(self.scripts))}
        kinds = {
            "sent": self.cookies,
            "written": self.cookies,
            "local": self.local,
            "session": self.session,
        }
        stored = {f"{kind} {name}" for kind, names in kinds.items() for name in names}
        return frozenset(reached | ran | stored)


STORING = """<script>
  const names = () => document.cookie.split("; ").filter(Boolean).map((each) => each.split("=")[0]);
  window.stored = names().map((name) => "sent " + name);
  for (const name of %(cookies)s) {
    document.cookie = name + "=; path=/; secure; max-age=0";
    document.cookie = name + "=written; path=/; secure";
  }
  stored.push(...names().map((name) => "written " + name));
  for (const key of %(local)s) localStorage.setItem(key, "1");
  for (const key of %(session)s) sessionStorage.setItem(key, "1");
  stored.push(...Object.keys(localStorage).map((key) => "local " + key));
  stored.push(...Object.keys(sessionStorage).map((key) => "session " + key));
</script>"""
"""What the site's own script does in the name of the services that it loaded."""


def storing(triggers: list[Trigger]) -> str:
    """Says which cookies the server could set, then writes all cookies and keys itself."""
    names = {
        kind: dumps([name for each in triggers for name in getattr(each, kind)])
        for kind in ("cookies", "local", "session")
    }
    return STORING % names


def trigger(entry: Entry, hosts: int | None = None) -> Trigger:
    """What sets this service off, on all its hosts or on so many."""
    stored = [item for item in entry.items if not item.third_party]
    names = {
        kind: tuple(item.name.replace("*", "x1") for item in stored if item.kind == kind)
        for kind in ("cookie", "local", "session")
    }
    return Trigger(
        entry.id,
        tuple(map(address, entry.hosts[:hosts])),
        tuple(dict.fromkeys(script for service, script in SHAPES if service == entry.id)),
        names["cookie"],
        names["local"],
        names["session"],
    )


def address(pattern: str) -> str:
    """An address that a claim covers: a name below a wildcard, a file under a folder."""
    host, slash, path = pattern.partition("/")
    file = "" if slash and not path.endswith("/") and path else "x"
    return f"https://{host.replace('*', 'a')}/{path}{file}"


def use(entry: Entry) -> dict[str, str]:
    """The service in a configuration, asked for even if it is exempt as commonly used."""
    return {"use": entry.id, "purpose": "preferences" if entry.exempt_reason else entry.purpose}
