"""The dossier as people read it: one HTML page in French or English, without a script."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from consent.banner.templates import environment, say
from consent.banner.words import FALLBACK, Words, spoken, words
from consent.config.resolve import CHOICE_SERVICE
from consent.dossier.folder import Folder
from consent.dossier.marks import figure, moment, quoted

LANGUAGES = ("fr", "en")
"""In which it can be written."""
PICTURED = ("phone", "desktop")
Values = Mapping[str, Any]
Table = tuple[Sequence[str], Sequence[Sequence[str]]]
"""Head and rows."""


def language(wanted: str) -> str:
    """The nearest one in which the report can be written."""
    return spoken(wanted, LANGUAGES) or FALLBACK


def report(said: Values, folder: Folder, *, lang: str, vkey: str) -> str:
    """The page.

    Args:
        said: what ``dossier.json`` says.
        folder: where the files that it names are.
        vkey: the key to verify it by.
    """
    return _Report(said, folder, lang).page(vkey)


class _Report:
    def __init__(self, said: Values, folder: Folder, lang: str) -> None:
        here = files("consent.dossier")
        self._said = said
        self._folder = folder
        self._words: Words = words(lang)
        self._t = tomllib.loads(here.joinpath("texts", f"{lang}.toml").read_text("utf-8"))
        self._style = here.joinpath("report.css").read_text("utf-8")
        self._read = {each["hash"]: self._content(each) for each in said["notices"]}
        self._notices = self._ordered(said["notices"])

    def page(self, vkey: str) -> str:
        """All of it."""
        newest = self._read[self._notices[0]["hash"]]
        controller = newest.get("controller", {})
        contact = (controller.get(name) for name in ("address", "email", "dpo_email"))
        drawn, leaves = self._said["sample"]["drawn"], self._said["leaves"]
        return (
            environment()
            .get_template("dossier.html")
            .render(
                t=self._t,
                lang=self._words.lang,
                said=self._said,
                site=newest.get("site", {}).get("name", self._said["origin"]),
                controller=controller.get("name") or self._t["unknown"],
                contact=list(filter(None, contact)),
                period=self._period(),
                style=Markup(self._style),  # noqa: S704 - our own file
                vkey=vkey,
                day=self._day,
                number=self._number,
                figure=figure,
                moment=moment,
                quoted=quoted,
                complete=len(drawn) == leaves["last"] + 1 - leaves["first"],
                tables=self._tables(),
                answer_head=[
                    self._t["choices"]["id"],
                    *(figure(n, self._t["choices"][n]) for n in ("granted", "refused", "share")),
                ],
                notices=[self._notice(each) for each in self._notices],
                screens=(screens := self._screens()),
                unpictured=sum(not each["pictures"] for each in screens),
                code=[*self._scripts(), *self._styles()],
                keys=[self._key(each) for each in self._said["keys"]],
            )
        )

    def _ordered(self, notices: Sequence[Values]) -> list[dict[str, Any]]:
        """Those of choices, then those of forms; those that were shown last come first."""
        by_time = sorted(notices, key=lambda each: each["first"] or "")
        choices = [each for each in by_time if "box" not in self._read[each["hash"]]]
        forms = [each for each in by_time if each not in choices]
        numbered = [{**each, "number": number} for number, each in enumerate(choices, 1)]
        return [*reversed(numbered), *reversed([dict(each) for each in forms])]

    def _content(self, shown: Values) -> Values:
        content = json.loads(self._folder.read(shown["file"]))
        return content if isinstance(content, dict) else {}

    def _period(self) -> Markup:
        first, until = self._said["period"]["from"], self._said["period"]["until"]
        last = datetime.fromisoformat(until) - timedelta(days=1)
        days = {"first": self._day(first), "last": self._day(str(last.date()))}
        return say(self._t["period_days"], **days)

    def _day(self, at: str) -> Markup:
        return moment(at, self._words.date(datetime.fromisoformat(at)))

    def _number(self, number: int) -> Markup:
        return figure(number, f"{number:,}".replace(",", self._t["thousands"]))

    def _tables(self) -> dict[str, Any]:
        groups = self._said["statistics"]["records"]
        tables: dict[str, Any] = {
            "months": self._by("month", self._t["choices"]["month"], groups, self._months(groups)),
            "interfaces": self._by(
                "interface", self._t["choices"]["interface"], groups, self._t["interface"]
            ),
            "languages": self._by("language", self._t["choices"]["language"], groups, {}),
        }
        answers = self._said["statistics"]["answers"]
        choices = [each for each in answers if each["kind"] != "form"]
        for name in ("purpose", "service"):
            tables[f"{name}s"] = self._answers(each for each in choices if each["about"] == name)
        tables["forms"] = self._answers(each for each in answers if each["kind"] == "form")
        return tables

    def _months(self, groups: Iterable[Values]) -> dict[str, str]:
        names = self._words["language"]["months"]
        months = {group["month"] for group in groups}
        return {each: f"{names[int(each[5:]) - 1]} {each[:4]}" for each in months}

    def _by(
        self, name: str, title: str, groups: Iterable[Values], names: Mapping[str, str]
    ) -> Table:
        """Records by one thing, and by what was clicked."""
        counted: dict[str, Counter[str]] = {}
        for group in groups:
            counted.setdefault(group[name], Counter())[group["action"]] += group["records"]
        actions = [
            each for each in self._t["action"] if any(each in row for row in counted.values())
        ]
        head = [title, figure("all", self._t["choices"]["total"])]
        head += [figure(each, self._t["action"][each]) for each in actions]
        return head, [
            [
                figure(key, names.get(key, key)),
                self._number(row.total()),
                *(self._number(row[action]) for action in actions),
            ]
            for key, row in sorted(counted.items())
        ]

    def _answers(self, answers: Iterable[Values]) -> list[list[Markup]]:
        """By what was asked: granted, refused, and the part that was granted."""
        counted: dict[str, list[int]] = {}
        for each in answers:
            total = counted.setdefault(each["id"], [0, 0])
            total[0] += each["granted"]
            total[1] += each["refused"]
        return [
            [
                figure(name, self._titled(name)),
                self._number(granted),
                self._number(refused),
                figure(share, share.replace(".", self._t["decimal"])),
            ]
            for name, (granted, refused) in counted.items()
            for share in (f"{100 * granted / (granted + refused):.1f}",)
        ]

    def _titled(self, name: str) -> str:
        """What a purpose or a service was called, by the newest notice that has it."""
        for shown in self._notices:
            content = self._read[shown["hash"]]
            for each in content.get("purposes", ()):
                if each["id"] == name:
                    return self._words.of(each["title"]) or name
            for each in content.get("services", ()):
                if each["id"] == name:
                    return self._called(each)
        return name

    def _notice(self, shown: Values) -> Values:
        content = self._read[shown["hash"]]
        if box := content.get("box"):
            title = say(self._t["notices"]["form"], id=quoted(box["id"]))
            return {**shown, "title": title, "box": box}
        purposes = content.get("purposes", ())
        titles = {each["id"]: self._words.of(each["title"]) for each in purposes}
        return {
            **shown,
            "title": say(self._t["notices"]["one"], number=self._number(shown["number"])),
            "box": None,
            "since": content.get("effective_from"),
            "announced": content.get("upcoming", {}).get("effective_from"),
            "lifetime": self._lifetime(content),
            "languages": Markup(  # noqa: S704 - made of markup alone
                self._words.listed(
                    [figure(e, self._spoken(e)) for e in content.get("languages", ())]
                )
            ),
            "purposes": [(self._words.of(e["title"]), self._texts(e)) for e in purposes],
            "services": [self._service(each, titles) for each in content.get("services", ())],
        }

    def _lifetime(self, content: Values) -> str:
        if "lifetime_months" not in content:
            return ""
        months = self._lasting(f"P{content['lifetime_months']}M")
        years = self._lasting(f"P{content['retention_years']}Y")
        return say(self._t["notices"]["lifetime"], months=months, years=years)

    def _lasting(self, duration: str) -> Markup:
        return figure(duration, self._words.lifetime(duration))

    def _texts(self, purpose: Values) -> list[str]:
        texts = (self._words.of(purpose[part]) for part in ("description", "detail"))
        return list(filter(None, texts))

    def _service(self, service: Values, titles: Mapping[str, str]) -> Values:
        exempt = ""
        if service["exempt_reason"]:
            reason = self._words["reason"][service["exempt_reason"]].rstrip(".")
            exempt = say(self._t["notices"]["exempt"], reason=quoted(reason))
        return {
            "name": self._called(service),
            "purpose": titles.get(service["purpose"], service["purpose"]),
            "exempt": exempt,
            "company": service["company"],
            "country": service["country"] and self._words.country(service["country"]),
            "hosts": service["hosts"],
            "items": [(i["name"], self._lasting(i["lifetime"])) for i in service["items"]],
        }

    def _called(self, service: Values) -> str:
        """Our own service has a name in each language, which is not in notices."""
        own = service["id"] == CHOICE_SERVICE
        return str(self._words["service"]["own"] if own else service["name"])

    def _screens(self) -> list[Values]:
        """As visitors come upon them; those that were shown last come first."""
        order = {name: place for place, name in enumerate(self._t["interface"])}
        newest = sorted(self._said["screens"], key=lambda each: each["last"] or "", reverse=True)
        newest.sort(key=lambda each: (order.get(each["interface"], len(order)), each["language"]))
        return [self._screen(each) for each in newest]

    def _screen(self, shown: Values) -> Values:
        title = self._t["interface"].get(shown["interface"], shown["interface"])
        about = {"title": title, "spoken": self._spoken(shown["language"])}
        return {"pictures": (), **shown, **about}

    def _spoken(self, tag: str) -> str:
        """The name of a language, in that of the report."""
        known = spoken(tag, LANGUAGES)
        return str(self._t["spoken"][known]) if known else tag

    def _scripts(self) -> Iterable[Values]:
        for number, each in enumerate(self._said["scripts"], 1):
            title = say(self._t["code"]["scripts"], number=self._number(number))
            yield {**each, "title": title, "files": each["files"].items()}

    def _styles(self) -> Iterable[Values]:
        """Of all screens, each once."""
        found = {
            (name, digest) for e in self._said["screens"] for name, digest in e["files"].items()
        }
        if found:
            yield {"title": self._t["code"]["styles"], "files": sorted(found)}

    def _key(self, key: Values) -> Values:
        text = self._folder.read(key["vkey"]).decode()
        return {"text": text, "endorsed": "endorsement" in key}
