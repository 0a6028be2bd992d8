"""Headers that make a browser contact others by themselves: Link, Refresh and their like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ada_url import URL, join_url

from consent.headers import depends_on_choice
from consent.headers.reports import ReportFilter
from consent.model import Verdict
from consent.policy import NOT_ENFORCED, Ruling

# A browser fetches, or connects, by itself for these (HTML §4.6.7; RFC 8288).
FETCHED = frozenset(
    {
        "compression-dictionary",
        "dns-prefetch",
        "modulepreload",
        "preconnect",
        "prefetch",
        "preload",
        "prerender",
        "stylesheet",
    }
)
# One link-value: commas separate, but not within <…> or a quoted string (RFC 8288 appendix B.2).
VALUE = re.compile(r'(?:<[^>]*>|"(?:\\.|[^"\\])*"|[^,<"])+|[<"].*', re.DOTALL)
TARGET = re.compile(r"\s*<([^>]*)>(.*)", re.DOTALL)
PARAMETER = re.compile(r';\s*([^=;,\s"]+)\s*(?:=\s*(?:"((?:\\.|[^"\\])*)"|([^;]*)))?', re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
QUOTED = re.compile(r'"([^"]*)"')
REFRESH = re.compile(r"\s*[\d.]*[\s;,]*(?:url\s*=\s*)?(?:'([^']*)|\"([^\"]*)|(.*))", re.I | re.S)


LINKS = frozenset(
    {
        b"alt-svc",
        b"attribution-reporting-register-os-source",
        b"attribution-reporting-register-os-trigger",
        b"content-security-policy",
        b"content-security-policy-report-only",
        b"link",
        b"nel",
        b"refresh",
        b"report-to",
        b"reporting-endpoints",
        b"sourcemap",
        b"speculation-rules",
        b"x-sourcemap",
    }
)
REPORT_URI = re.compile(r"((?:^|[;,])\s*report-uri)((?:\s+[^\s;,]+)+)", re.ASCII | re.IGNORECASE)
"""The directive by which a policy says whom browsers tell what it refused (CSP 3 §6.5.1)."""
REPORTING = re.compile(rb"report-uri", re.IGNORECASE)
# A backslash within quotes may stand before any letter of a relation.
FETCHING = re.compile(rb"\\|" + "|".join(sorted(FETCHED)).encode(), re.IGNORECASE)
TELLING = {
    b"link": FETCHING,
    b"content-security-policy": REPORTING,
    b"content-security-policy-report-only": REPORTING,
}
"""What makes a closer look necessary, for headers that mostly contact nobody."""


def may_contact(field: tuple[bytes, bytes]) -> bool:
    """Is this header worth a closer look? Most links only say what belongs together."""
    name, value = field
    return name in LINKS and (name not in TELLING or TELLING[name].search(value) is not None)


class LinkFilter:
    """Takes out of headers what points at a held host; what stays, stays byte for byte."""

    def __init__(
        self,
        ruling: Ruling,
        base: str,
        found: Callable[[str, Verdict, str], None] | None = None,
        *,
        framed: bool = False,
    ) -> None:
        self._ruling = ruling
        self._led = ruling.url if framed else ruling.navigation
        """By what a Refresh is judged: in a window it is navigation, in a frame it loads."""
        self._found = found
        """Told of each host that is held, or that would be."""
        self._base = base
        self.depends = False
        """Whether another choice would have left other headers."""
        reports = ReportFilter(self._is_held)
        self.edits: dict[bytes, Callable[[bytes], bytes]] = {
            b"link": self.link,
            b"content-security-policy": self.policy,
            b"content-security-policy-report-only": self.policy,
            b"refresh": self.refresh,
            b"speculation-rules": self.rule_sets,
            b"alt-svc": self.alternatives,
            b"attribution-reporting-register-os-source": self.addresses,
            b"attribution-reporting-register-os-trigger": self.addresses,
            b"reporting-endpoints": self.addresses,
            b"report-to": reports.report_to,
            # Behind the groups that it may name.
            b"nel": reports.nel,
            b"sourcemap": self.address,
            b"x-sourcemap": self.address,
        }
        """What becomes of one value of each header in ``LINKS``; empty where it goes."""

    def link(self, value: bytes) -> bytes:
        """One Link header's value without the links a browser would follow to a held host."""
        return self._kept(value, VALUE, self._is_link_held)

    def addresses(self, value: bytes) -> bytes:
        """One Reporting-Endpoints value, or another list of addresses in quotes."""
        return self._kept(value, VALUE, self._names_held)

    def policy(self, value: bytes) -> bytes:
        """One Content-Security-Policy value that reports to nobody who is held; all else stays."""
        return REPORT_URI.sub(self._reports, value.decode("latin-1")).encode("latin-1")

    def rule_sets(self, value: bytes) -> bytes:
        """One Speculation-Rules value, empty where undeclared hosts are held.

        Browsers fetch what the rules name, past any policy, and the files are not read here: the
        place for rules is the page, where they are.
        """
        return b"" if self._ruling.policy.enforced else self.addresses(value)

    def alternatives(self, value: bytes) -> bytes:
        """One Alt-Svc value without the hosts where held ones would stand in (RFC 7838 §3)."""
        return self._kept(value, VALUE, self._stands_elsewhere)

    def address(self, value: bytes) -> bytes:
        """One SourceMap value: an address and nothing else, which developers' tools fetch."""
        return b"" if self._is_held(value.decode("latin-1").strip()) else value

    def refresh(self, value: bytes) -> bytes:
        """One Refresh value, empty where it leads to a held service unasked (design.md §2.8)."""
        match = REFRESH.match(value.decode("latin-1"))
        target = next(filter(None, match.groups()), "") if match else ""
        return b"" if self._is_refused(target.strip(), self._led) else value

    def _kept(self, value: bytes, parts: re.Pattern[str], held: Callable[[str], bool]) -> bytes:
        found = parts.findall(value.decode("latin-1"))
        kept = [part for part in found if not held(part)]
        return (
            value
            if len(kept) == len(found)
            else ",".join(filter(str.strip, kept)).strip().encode("latin-1")
        )

    def _reports(self, directive: re.Match[str]) -> str:
        addresses = directive[2].split()
        kept = [address for address in addresses if not self._is_held(address)]
        if len(kept) == len(addresses):
            return directive[0]
        # Of a directive without a value nothing is left but what parts it from the one before.
        return " ".join([directive[1], *kept]) if kept else directive[1][: -len("report-uri")]

    def _names_held(self, item: str) -> bool:
        # What does not end here may go on in the next header.
        return item.count('"') % 2 == 1 or any(map(self._is_held, QUOTED.findall(item)))

    def _stands_elsewhere(self, item: str) -> bool:
        hosts = [name for name in QUOTED.findall(item) if not name.startswith(":")]
        return item.count('"') % 2 == 1 or any(self._is_held(f"https://{host}") for host in hosts)

    def _is_link_held(self, link: str) -> bool:
        match = TARGET.fullmatch(link)
        if match is None:
            # Not a link at all is no harm; one that does not end could be read in two ways.
            return "<" in link or '"' in link
        parameters = [
            (name.lower(), ESCAPED.sub(r"\1", quoted) or plain.strip())
            for name, quoted, plain in PARAMETER.findall(match[2])
        ]
        relations = {r for name, v in parameters if name == "rel" for r in v.lower().split()}
        if relations.isdisjoint(FETCHED):
            return False
        held = [self._is_held(target) for target in _targets(match[1], parameters)]
        return any(held)

    def _is_held(self, target: str) -> bool:
        return self._is_refused(target, self._ruling.url)

    def _is_refused(self, target: str, asked: Callable[[str], Verdict]) -> bool:
        try:
            href = join_url(self._base, target)
        except ValueError:
            return True
        verdict = asked(href)
        self.depends = self.depends or depends_on_choice(verdict)
        if self._found and (not verdict.allowed or verdict is NOT_ENFORCED):
            url = URL(href)
            self._found(url.host, verdict, url.pathname)
        return not verdict.allowed


def _targets(target: str, parameters: list[tuple[str, str]]) -> Iterator[str]:
    yield target
    for name, value in parameters:
        if name == "imagesrcset":
            # Descriptors (1x, 100w) resolve to the page's own host and so are never held.
            yield from (word.strip(",") for word in value.split())
