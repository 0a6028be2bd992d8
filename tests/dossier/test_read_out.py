"""What the report says is what ``dossier.json`` says, also where the log's key signed another."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from importlib.resources import files as resources
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest

from consent.banner.words import words
from consent.dossier.folder import Folder
from consent.dossier.report import LANGUAGES, report
from consent.verify.archive import Archive
from consent.verify.given import Given
from consent.verify.page import LARGEST, STYLES
from consent.verify.read_out import REPORT, check_report
from consent.verify.report import Report
from consent.verify.sentences import plain, sentences
from consent.verify.spoken import LANGUAGES as SPOKEN
from consent.verify.trust import Trust
from tests.dossier.conftest import Place
from tests.dossier.tampered import INDEX, OWN, Files, unpacked

Said = dict[str, Any]
TEXT = re.compile(r">([^<>]*)<")
FIGURE = re.compile(r'<(data value|time datetime)="([^"]*)">([^<]*)<')


class Unpacked(NamedTuple):
    """In place of the archive."""

    files: Files

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.files)

    def read(self, name: str) -> bytes:
        return self.files[name]


def found(files: Files, page: str) -> list[str]:
    """In a dossier with this report."""
    archive = cast("Archive", Unpacked({**files, REPORT: page.encode()}))
    given = Given(archive, json.loads(files[INDEX]), Report(), Trust([], origin=""))
    check_report(given)
    return [each.what for each in given.report.examples]


@pytest.fixture(scope="module", params=LANGUAGES)
def files(place: Place, request: pytest.FixtureRequest) -> Files:
    name = f"{request.param}.zip"
    options = ("--no-screenshots", "--lang", request.param, "--sample", 12)
    assert place.dossier(name, *options).exit_code == 0
    return unpacked((place.folder / name).read_bytes())


@pytest.fixture(scope="module")
def page(files: Files) -> str:
    return files[REPORT].decode()


def test_a_report_that_nobody_changed_is_the_dossiers(files: Files, page: str) -> None:
    assert not found(files, page)


def waiting(said: Said) -> None:
    said["waiting"] = 1200


def tried(said: Said) -> None:
    said["trials"] = [said["leaves"]["first"]]


def passed(said: Said) -> None:
    said["statistics"]["held"][0]["outcome"] = "passed"


def nobody_answered(said: Said) -> None:
    said["statistics"]["answers"] = []


def only_around(said: Said) -> None:
    said["notices"][0].update(records=0, first=None, last=None)
    said["screens"][0].update(records=1)


def pictured(said: Said) -> None:
    for each in said["screens"]:
        picture = {"viewport": "phone", "width": 390, "height": 844, "file": each["file"]}
        each.update(pictures=[picture], taken_at=said["made_at"], browser="Chromium 141.0")


@pytest.mark.parametrize("how", [waiting, tried, passed, nobody_answered, only_around, pictured])
def test_whatever_there_is_to_say_the_report_and_the_verifier_say_the_same(
    files: Files, page: str, how: Callable[[Said], None], tmp_path: Path
) -> None:
    how(said := json.loads(files[INDEX]))
    folder = Folder(tmp_path)
    for name, content in files.items():
        folder.put(name, content)
    lang = page.partition('lang="')[2][:2]
    changed = {**files, INDEX: json.dumps(said).encode()}
    assert not found(changed, report(said, folder, lang=lang, vkey=OWN.vkey))
    assert found(changed, page)


def test_no_number_can_be_changed_wherever_it_stands(files: Files, page: str) -> None:
    body = page.index("<body>")
    changed = 0
    for text in TEXT.finditer(page, body):
        own = re.sub("RFC 6962|SHA-?256", lambda cited: "-" * len(cited[0]), text[1])
        if number := re.search("[0-9]", own):
            at = text.start(1) + number.start()
            other = str((int(page[at]) + 1) % 10)
            assert found(files, page[:at] + other + page[at + 1 :]), text[1]
            changed += 1
    assert changed > 150


def test_no_two_figures_can_change_places(files: Files, page: str) -> None:
    figures = list(FIGURE.finditer(page))
    for one, other in zip(figures, figures[1:], strict=False):
        if one[0] != other[0]:
            between = page[one.end() : other.start()]
            swapped = page[: one.start()] + other[0] + between + one[0] + page[other.end() :]
            assert found(files, swapped), one[0]


def test_no_figure_can_be_left_out_or_added(files: Files, page: str) -> None:
    last = list(FIGURE.finditer(page))[-1]
    assert found(files, page[: last.start()] + page[last.end() - 1 :].partition(">")[2])
    assert found(files, page.replace("</main>", '<data value="30">30</data></main>'))


ANYWHERE = {
    "a number in a sentence": "<p>500 visitors agreed.</p>",
    "a number of another script": "<p>٥٠٠ visitors agreed.</p>",
    "a fraction": "<p>½ of them.</p>",
    "a comment": "<!-- a -->",
    "an empty comment, which Python's parser takes for the start of one": "<!--><p>a</p>-->",
    "a drawing": '<svg viewBox="0 0 1 1"></svg>',
    "a script": "<script></script>",
    "a form": '<form action="x"></form>',
    "a link elsewhere": '<a href="https://www.example.com/">a</a>',
    "a handler": '<p onclick="">a</p>',
    "a style of its own": '<p style="color: red">a</p>',
    "another direction": '<p dir="rtl">a</p>',
    "a character that turns digits round": "<p>\u202ea</p>",
    "what is hidden": '<p hidden="">a</p>',
    "an attribute without quotation marks": "<p class=a>a</p>",
    "an attribute twice": '<p class="a" class="b">a</p>',
    "a number that is read out": '<p aria-label="5 of 6">a</p>',
    "a page to go to": '<meta http-equiv="refresh" content="a">',
    "more styles": "<style>p { display: none }</style>",
    "a text between the rows of a table": "<table>a</table>",
    "an element between the rows of a table": "<table><p>a</p></table>",
    "an element in a title, which is then a text": "<title><p>a</p></title>",
    "another title": "<title>a</title>",
    "an end of what did not begin": "</section>",
    "a sign that begins no element": "a < b",
    "what only keeps the verifier busy": "<p>a" * 1000 + "</p>" * 1000,
    "a heading without an end": f"<h1>{'a' * 2000}</h1>",
    "more than anybody reads": "a" * LARGEST,
}


@pytest.mark.parametrize("what", ANYWHERE)
def test_nothing_can_be_put_in_that_shows_or_hides_a_number(
    files: Files, page: str, what: str
) -> None:
    assert found(files, page.replace("</main>", f"{ANYWHERE[what]}</main>"))


def turned(page: str, one: str, other: str) -> str:
    return page.replace(one, "\0").replace(other, one).replace("\0", other)


WORDS: dict[str, Callable[[str], str]] = {
    "a word in a sentence": lambda page: page.replace("refus", "consent", 1),
    "a sentence more": lambda page: page.replace("</main>", "<p>Nobody complained.</p></main>"),
    "one in small letters": lambda page: page.replace(
        "</main>", '<p class="quiet">Nobody complained.</p></main>'
    ),
    "one that is read out": lambda page: page.replace(
        "<main>", '<main aria-label="Nobody complained">'
    ),
    "one before a figure": lambda page: page.replace("<td><time", "<td>Before <time", 1),
    "one behind a figure": lambda page: page.replace("</data></td>", "</data> or more</td>", 1),
    "a heading in another place": lambda page: turned(
        page, *re.findall(r'<h2 id="(?:screens|held)">([^<]*)<', page)
    ),
    "a label for another": lambda page: turned(page, *re.findall("<dt>([^<]*)</dt>", page)[2:4]),
    "a caveat less": lambda page: (
        page[: page.rindex("<li>", 0, page.index('id="choices"'))]
        + page[page.index("</ul>", page.rindex("<li>", 0, page.index('id="choices"'))) :]
    ),
    "what the sample leaves out": lambda page: page.replace(
        "<li>"
        + next(text for text in re.findall("<li>([^<]*)</li>", page) if "consent verify" in text)
        + "</li>",
        "",
    ),
}


@pytest.mark.parametrize("what", WORDS)
def test_no_word_around_the_figures_can_be_changed(files: Files, page: str, what: str) -> None:
    """P-21: whoever signs it."""
    assert (changed := WORDS[what](page)) != page
    assert found(files, changed)


@pytest.mark.parametrize("name", ["complete", "alone", "none"])
def test_what_is_so_in_other_reports_can_not_be_said_in_this_one(
    files: Files, page: str, name: str
) -> None:
    """P-21: that the sample is complete, that nobody has seen the log, that nothing was held."""
    lang = page.partition('lang="')[2][:2]
    for sentence in sentences(lang)["when"][name]:
        assert found(files, page.replace("</main>", f"<p>{sentence}</p></main>"))


def test_what_has_to_be_said_of_this_one_can_not_be_left_out(files: Files, page: str) -> None:
    lang = page.partition('lang="')[2][:2]
    for name in ("sampled", "purposes", "forms", "services", "endorsed"):
        for sentence in sentences(lang)["when"][name]:
            assert sentence in page
            assert found(files, page.replace(sentence, "SHA-256"))


OTHERWISE = {
    "no document type": ("<!doctype html>", ""),
    "no language": ('<html lang="', '<html name="'),
    "a language that no report is in": ('<html lang="', '<html lang="x'),
    "not closed": ("</html>", ""),
    "another style": ("<style>", "<style>main { display: none }"),
}


@pytest.mark.parametrize("how", OTHERWISE)
def test_a_page_of_another_form_is_no_report(files: Files, page: str, how: str) -> None:
    old, new = OTHERWISE[how]
    assert old in page
    assert found(files, page.replace(old, new, 1))


def test_an_action_that_nobody_knows_has_no_column(files: Files, page: str) -> None:
    said = json.loads(files[INDEX])
    said["statistics"]["records"][0]["action"] = "shrug"
    assert found({**files, INDEX: json.dumps(said).encode()}, page)


def test_the_verifier_knows_the_style_of_the_report() -> None:
    style = resources("consent.dossier").joinpath("report.css").read_text("utf-8").strip()
    assert sha256(style.encode()).hexdigest() in STYLES


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_verifier_knows_every_sentence_of_the_report(lang: str) -> None:
    """Those of earlier reports stay: a dossier can be verified for as long as it is kept."""
    said = resources("consent.dossier").joinpath("texts", f"{lang}.toml").read_text("utf-8")
    texts, known, own = tomllib.loads(said), sentences(lang), words(lang)
    for name in ("thousands", "colon", "decimal", "action", "outcome"):
        texts.pop(name)
    for name in ("granted", "refused", "share", "total"):
        # Figures, by what they are called.
        texts["choices"].pop(name)
    more = [own["country"], own["reason"], own["service"]["own"], own["language"]["list_end"]]
    due = [piece for pieces in known["when"].values() for piece in pieces]
    written = set(pieces([texts, *more]))
    assert written <= {"", *known["always"], *known["may"], *due}


def pieces(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from map(plain, re.split(r"{[a-z]+}", value))
    else:
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from pieces(each)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_verifier_knows_the_words_of_the_report(lang: str) -> None:
    said = resources("consent.dossier").joinpath("texts", f"{lang}.toml").read_text("utf-8")
    texts, known, language = tomllib.loads(said), SPOKEN[lang], words(lang)["language"]
    assert list(known.actions.items()) == list(texts["action"].items())
    assert list(known.interfaces.items()) == list(texts["interface"].items())
    answers = {name: texts["choices"][name] for name in ("granted", "refused", "share")}
    assert known.outcomes == texts["outcome"]
    assert known.answers == {"all": texts["choices"]["total"], **answers}
    assert (known.thousands, known.decimal) == (texts["thousands"], texts["decimal"])
    assert known.months == tuple(language["months"])
    assert (known.first, language["date"]) == (language["first_day"], "{day} {month} {year}")
