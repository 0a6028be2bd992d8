"""Reads our own markup back as a browser would."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import html5lib


def parsed(markup: str) -> Element:
    """The document that a browser builds from ``markup``, scripts off."""
    document: Element = html5lib.parse(markup, namespaceHTMLElements=False)
    return document


def text(element: Element) -> str:
    """What is read there, spaces collapsed; no-break spaces become plain ones."""
    return " ".join("".join(element.itertext()).split())


def texts(root: Element, path: str) -> list[str]:
    """The text of each element that an XPath finds."""
    return [text(element) for element in root.findall(path)]


def one(root: Element, path: str) -> Element:
    """The only element that an XPath finds."""
    (found,) = root.findall(path)
    return found
