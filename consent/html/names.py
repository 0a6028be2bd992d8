"""Which elements and attributes can make a browser contact somebody: data for the tokenizer."""

from __future__ import annotations

from enum import Enum, auto


class Kind(Enum):
    """What an attribute's value is."""

    URL = auto()
    FRAME = auto()
    """A URL whose document runs on its own: a data: URL in it is read as a page."""
    LIST = auto()
    """URLs with spaces between."""
    SRCSET = auto()
    CSS = auto()
    DOCUMENT = auto()
    """A whole document, as in ``srcdoc``."""


_HREF = {"href": Kind.URL, "xlink:href": Kind.URL}
_ANIMATED = {"to": Kind.LIST, "from": Kind.LIST, "by": Kind.LIST, "values": Kind.LIST}

# What some browsers take from other documents: paint servers, filters, paths.
_REFERRING = (
    "color-profile cursor filter glyphref lineargradient mpath pattern radialgradient textpath tref"
)

BY_TAG: dict[str, dict[str, Kind]] = {
    **dict.fromkeys(_REFERRING.split(), _HREF),
    "animate": _ANIMATED,
    "audio": {"src": Kind.URL},
    "bgsound": {"src": Kind.URL},
    "embed": {"src": Kind.FRAME, "code": Kind.FRAME},
    "feimage": _HREF,
    "frame": {"src": Kind.FRAME},
    "html": {"manifest": Kind.URL},
    "iframe": {"src": Kind.FRAME, "srcdoc": Kind.DOCUMENT},
    "image": {
        "src": Kind.URL,
        "srcset": Kind.SRCSET,
        "lowsrc": Kind.URL,
        "dynsrc": Kind.URL,
        **_HREF,
    },
    "img": {"src": Kind.URL, "srcset": Kind.SRCSET, "lowsrc": Kind.URL, "dynsrc": Kind.URL},
    "input": {"src": Kind.URL},
    "link": {"href": Kind.URL, "imagesrcset": Kind.SRCSET},
    "model": {"src": Kind.URL, "poster": Kind.URL},
    "object": {"data": Kind.FRAME},
    "param": {"value": Kind.FRAME},
    "portal": {"src": Kind.FRAME},
    "script": {"src": Kind.URL, **_HREF},
    "set": _ANIMATED,
    "source": {"src": Kind.URL, "srcset": Kind.SRCSET},
    "track": {"src": Kind.URL},
    "use": {"href": Kind.FRAME, "xlink:href": Kind.FRAME},
    "video": {"src": Kind.URL, "poster": Kind.URL},
}

_PAINT = (
    "clip-path cursor fill filter marker marker-end marker-mid marker-start mask mask-image stroke"
)
ANY_TAG: dict[str, Kind] = {
    "style": Kind.CSS,
    "background": Kind.URL,
    "ping": Kind.LIST,
    "attributionsrc": Kind.LIST,
    **dict.fromkeys(_PAINT.split(), Kind.CSS),
}

# Elements whose content is text for the parser, until their own end tag.
RAW_TEXT = frozenset({"iframe", "noembed", "noframes", "textarea", "title", "xmp"})
# Elements inside which parsers disagree (old and new browsers, foreign content): every "<" is
# looked at there, whatever it seems to be part of.
UNCERTAIN = frozenset({"svg", "math", "select", "frameset"})
# Elements of SVG that neither load nor contain HTML: with nothing else inside, an <svg> is certain.
SHAPES = frozenset(
    [
        "g",
        "path",
        "circle",
        "rect",
        "line",
        "polyline",
        "polygon",
        "ellipse",
        "defs",
        "lineargradient",
        "radialgradient",
        "stop",
        "clippath",
        "mask",
        "symbol",
        "text",
        "tspan",
    ]
)
# The same for MathML, and its elements that hold words.
FORMULAS = frozenset(
    [
        "mrow",
        "msup",
        "msub",
        "msubsup",
        "mfrac",
        "msqrt",
        "mroot",
        "mover",
        "munder",
        "munderover",
        "mtable",
        "mtr",
        "mtd",
        "mstyle",
        "mspace",
        "mpadded",
        "mphantom",
        "menclose",
        "semantics",
        "annotation",
    ]
)
FORMULA_WORDS = frozenset(["mi", "mn", "mo", "ms", "mtext"])
VOID = frozenset(
    [
        "area",
        "base",
        "basefont",
        "bgsound",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "keygen",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "image",
    ]
)
HEAD_CONTENT = frozenset(
    [
        "base",
        "basefont",
        "bgsound",
        "link",
        "meta",
        "title",
        "noscript",
        "noframes",
        "style",
        "script",
        "template",
    ]
)

LOADING_ATTRIBUTES = frozenset(ANY_TAG)
# Every attribute that any decision about a tag looks at.
ASKED_ATTRIBUTES = (
    frozenset(attribute for table in BY_TAG.values() for attribute in table)
    | LOADING_ATTRIBUTES
    | {"type", "language", "rel", "name", "attributename", "http-equiv", "content", "href"}
    | {"sandbox"}
)
LOADING_TAGS = (
    frozenset(BY_TAG)
    | RAW_TEXT
    | UNCERTAIN
    | frozenset({"base", "meta", "noscript", "plaintext", "style", "head", "body"})
)

# <link rel> words on which some browser fetches the target, or connects to its host.
LOADING_RELS = frozenset(
    [
        "stylesheet",
        "preload",
        "modulepreload",
        "prefetch",
        "prerender",
        "preconnect",
        "dns-prefetch",
        "icon",
        "apple-touch-icon",
        "apple-touch-icon-precomposed",
        "apple-touch-startup-image",
        "mask-icon",
        "fluid-icon",
        "manifest",
        "search",
        "next",
        "prev",
        "subresource",
        "import",
        "serviceworker",
        "compression-dictionary",
    ]
)

# What makes a script run (WHATWG HTML, "JavaScript MIME type essence match").
SCRIPT_TYPES = frozenset(
    [
        "application/ecmascript",
        "application/javascript",
        "application/x-ecmascript",
        "application/x-javascript",
        "text/ecmascript",
        "text/javascript",
        "text/javascript1.0",
        "text/javascript1.1",
        "text/javascript1.2",
        "text/javascript1.3",
        "text/javascript1.4",
        "text/javascript1.5",
        "text/jscript",
        "text/livescript",
        "text/x-ecmascript",
        "text/x-javascript",
        "module",
    ]
)
JSON_TYPES = frozenset({"importmap", "speculationrules"})
