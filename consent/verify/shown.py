"""What a dossier shows of what visitors saw: an archived screen as a page, and its pictures."""

from __future__ import annotations

import struct
from hashlib import sha256
from html import escape

from consent.verify.canonical import read
from consent.verify.given import Given, Values
from consent.verify.notes import read_note
from consent.verify.report import Code

SCREEN = "asgi-consent/screen/v1"
VIEWPORTS = {"phone": (390, 844), "desktop": (1280, 800)}
HEAD = '<head>\n<meta charset="utf-8">\n'
HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def check_shown(given: Given) -> None:
    """Notices, screens and scripts: what their hashes say, and what is said of them."""
    for place in ("notices", "screens", "scripts"):
        for each in given.said[place]:
            code = Code.NOTICE if place == "notices" else Code.SCREEN
            with given.told(code, f"{place} {each['hash']!r:.80}"):
                given.report.counts[place] += 1
                content = _check_archived(given, each)
                if place != "notices":
                    _check_files(given, each, content, place)


def _check_archived(given: Given, each: Values) -> Values:
    data = given.read(each["file"])
    if sha256(data).hexdigest() != each["hash"]:
        raise ValueError("its hash is another")
    content = read(data)
    if not isinstance(content, dict):
        raise ValueError("no object")
    return content


def _check_files(given: Given, each: Values, content: Values, place: str) -> None:
    texts = content["styles" if place == "screens" else "scripts"]
    if each["files"] != {name: sha256(text.encode()).hexdigest() for name, text in texts.items()}:
        raise ValueError("the hashes of its files are others")
    if place == "scripts":
        return
    if (each["interface"], each["language"]) != (content["interface"], content["language"]):
        raise ValueError("another interface, or another language")
    if given.read(each["page"]).decode() != page_of(content):
        given.add(Code.SCREEN, each["page"], "does not show what was archived")
    if "pictures" in each:
        _check_pictures(given, each)
    else:
        given.add(Code.UNPICTURED, f"screens {each['hash']}", "there are no screenshots of it")


def _check_pictures(given: Given, each: Values) -> None:
    """That they show it, is what the log's key has signed when they were taken."""
    lines = [SCREEN, given.said["origin"], each["taken_at"], each["browser"], each["hash"]]
    for picture in each["pictures"]:
        content = given.read(picture["file"])
        given.report.counts["pictures"] += 1
        width, height = picture["width"], picture["height"]
        lines.append(f"{sha256(content).hexdigest()}  {picture['viewport']} {width}x{height}")
        if VIEWPORTS[picture["viewport"]] != (width, height) or not is_png(content):
            given.add(Code.PICTURE, picture["file"], "no picture, or not of that viewport")
    if {picture["viewport"] for picture in each["pictures"]} != VIEWPORTS.keys():
        given.add(Code.PICTURE, f"screens {each['hash']}", "not in every viewport")
    note = read_note(given.read(each["note"]).decode())
    if note.text != "".join(f"{line}\n" for line in lines):
        given.add(Code.PICTURE, each["note"], "signed for other pictures, or another time")
    elif not note.signers(given.trust.keys):
        given.add(Code.PICTURE, each["note"], "signed by no key of this log")


def page_of(screen: Values) -> str:
    """The page that shows a screen, as docs/dossier.md describes it."""
    html: str = screen["html"]
    if not html.startswith("<!doctype"):
        html = (
            f'<!doctype html>\n<html lang="{escape(screen["language"])}">\n{HEAD}'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(screen['interface'])}</title>\n</head>\n<body>\n{html}\n</body>\n"
            "</html>"
        )
    styles = "".join(f"<style>{style}</style>\n" for style in screen["styles"].values())
    policy = f'<meta http-equiv="Content-Security-Policy" content="{HARMLESS}">\n'
    return html.replace(HEAD, HEAD + policy + styles, 1)


def is_png(content: bytes) -> bool:
    """By its first bytes, and of at least one pixel (ISO/IEC 15948)."""
    begin, size = content[: len(PNG)], content[len(PNG) : len(PNG) + 8]
    return begin == PNG and len(size) == 8 and all(struct.unpack(">2I", size))
