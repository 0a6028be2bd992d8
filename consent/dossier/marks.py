"""What the report marks, so that a program finds every figure in it again."""

from __future__ import annotations

from markupsafe import Markup


def figure(value: object, shown: object) -> Markup:
    """A number, a hash or the name of what is counted: as ``dossier.json`` has it, and as read."""
    return Markup('<data value="{}">{}</data>').format(value, shown)


def moment(value: str, shown: object) -> Markup:
    """A day or a time of day: in ISO 8601, and as it is read."""
    return Markup('<time datetime="{}">{}</time>').format(value, shown)


def quoted(text: str) -> Markup:
    """A text of the site's or of the log's, that may have digits in it."""
    return Markup("<span>{}</span>").format(text)
