"""What a site's log is called and signs with, as its configuration says."""

from __future__ import annotations

import ada_url

from consent.config import ConsentConfig
from consent.config.secrets import seed
from consent.errors import Code
from consent.tree.keys import Signer, derived_seed


def origin(config: ConsentConfig) -> str:
    """The name of a site's log, as ``www.example.fr/consent``."""
    return f"{ada_url.URL(config.site.url).hostname}{config.path}"


def signers(config: ConsentConfig) -> tuple[Signer, ...]:
    """The keys of a site's log: all verify, the last signs.

    Those derived from the cookie's secrets come first, whether or not others are configured: a log
    that began with them goes on, and its first key of its own is endorsed by the last of them.
    None is derived from a secret that was made for this run (development): no other run could go on
    with what it began. Records then wait for a run that has one.
    """
    made = {each.path for each in config.warnings if each.code is Code.SECRET_GENERATED}
    derived = [
        derived_seed(secret)
        for index, secret in enumerate(config.cookie.secrets)
        if made.isdisjoint({"cookie.secrets", f"cookie.secrets[{index}]"})
    ]
    own = [found for text in config.log.keys if (found := seed(text)) is not None]
    return tuple(Signer(origin(config), each) for each in (*derived, *own))
