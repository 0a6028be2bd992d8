"""Templates filled in: what every piece of our markup is made with."""

from __future__ import annotations

from functools import lru_cache, partial
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from consent import assets
from consent.banner.changes import asked_again, told
from consent.banner.guard import guarded
from consent.banner.shown import shown, third_party
from consent.banner.words import Words, words
from consent.config import ConsentConfig
from consent.objections import DNT, GPC, Objections

# Stand for what differs from page to page in markup that is kept for all. Private-use characters
# occur neither in an address, which is ASCII once quoted, nor in JSON as written here.
_NEXT, _NEXT_QUOTED = "\uf8f0", "\uf8f1"
ANY_PAGE = {"next": _NEXT, "next_quoted": _NEXT_QUOTED}
"""Of markup that is kept: the page that it will be on, see ``placed``."""

KEPT = 256
"""Pieces of markup kept; each is some kilobytes."""

LONGEST_NEXT = 2000
"""Characters of a page's address that is given back after a choice; of a longer one, its path."""


def say(text: str, **values: object) -> Markup:
    """Fill in a text; values that are not markup are escaped, and so is the text."""
    return Markup(escape(text)).format(**values)  # noqa: S704


def address(page: str) -> str:
    """A page's address in ASCII, short enough to be carried by every form; "" if it is no path.

    It becomes a link, so neither a scheme nor a host may come with it.
    """
    if not page.startswith("/"):
        return ""
    page = "/" + page.lstrip("/\\")
    kept = page if len(page) <= LONGEST_NEXT else page.split("?", 1)[0][:LONGEST_NEXT]
    return quote(kept, safe="/?&=%:@!$'()*+,;~#[]")


def environment() -> Environment:
    """Templates that escape everything and fail on a name that does not exist."""
    made = Environment(
        loader=FileSystemLoader(assets.folder("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["say"] = say
    return made


class Templates:
    """The templates of one configuration."""

    def __init__(self, config: ConsentConfig) -> None:
        self.assets = guarded(config)
        """The static files as this site sends them."""
        self.shown = shown(config)
        self._config = config
        self._languages = config.site.languages
        self._objections = Objections(config)
        self._templates = environment()
        self._services = {service.id: service for service in config.services}
        self._purposes = {purpose.id: purpose for purpose in config.purposes}
        self.kept = lru_cache(maxsize=KEPT)(self.render)
        """``render``, for what is the same for all visitors."""

    def _asset(self, prefix: str, name: str) -> str:
        return f"{prefix}/{self.assets.address(name)}"

    def _objectionable(self, said: Words) -> list[str]:
        """What a browser's signal is about, by the titles of the purposes."""
        about = self._objections.purposes
        first = self._languages[0]
        return [said.of(one.title, first) for one in self.shown.asked if one.id in about]

    def _heeded(self, said: Words) -> str:
        """The signals that are heeded, in words; "" where there is nothing to object to."""
        names = {GPC: said["signal"]["gpc"], DNT: said["signal"]["dnt"]}
        return str(said["signal"]["either"]).join(
            names[header] for header in self._objections.headers
        )

    def _linked(self, prefix: str, page: str) -> str:
        """An address of the configuration: a path is one of this application, wherever it is
        mounted, as are all paths that are configured (docs/configuration.md)."""
        mount = prefix.removesuffix(self._config.path)
        return f"{mount}{page}" if page.startswith("/") else page

    def render(self, name: str, lang: str, prefix: str, **more: object) -> str:
        """A template in one language, without a line that is empty."""
        said = words(lang)
        text = self._templates.get_template(f"{name}.html").render(
            asked_again=said.listed(asked_again(self._config, said)),
            asset=partial(self._asset, prefix),
            changes=told(self._config, said),
            config=self._config,
            heeded=self._heeded(said),
            languages=self._languages,
            linked=partial(self._linked, prefix),
            objectionable=said.listed(self._objectionable(said)),
            prefix=prefix,
            purposes=self._purposes,
            said=words,
            services=self._services,
            shown=self.shown,
            site_lang=self._languages[0],
            third_party=partial(third_party, controller=self._config.controller),
            w=said.sections,
            words=said,
            **more,
        )
        return "\n".join(line for line in map(str.strip, text.splitlines()) if line)


def placed(kept: str, page: str) -> str:
    """Markup for one page: its address goes where the marks are."""
    own = address(page)
    return kept.replace(_NEXT_QUOTED, quote(own, safe="/")).replace(_NEXT, str(escape(own)))
