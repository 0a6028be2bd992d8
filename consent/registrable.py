"""Which names above a host belong to whoever has the host: up to the registrable domain."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address

from publicsuffixlist import PublicSuffixList

NAME = re.compile(r"[a-z0-9_.-]{1,253}")
"""A host name in the spelling of a browser; a URL's host may have more in it, ``;`` for one."""


@lru_cache(maxsize=1024)
def registrable(host: str) -> str:
    """The registrable domain of a host: ``shop.co.uk`` of ``www.shop.co.uk``; "" without one.

    By the public suffix list, private section included, as browsers read it for cookies; a name
    that ends in nothing the list knows has two labels. Addresses and suffixes have none.

    Args:
        host: in lower case and ASCII, without port.
    """
    if not NAME.fullmatch(host) or host.endswith(".") or _is_address(host):
        return ""
    return _list().privatesuffix(host) or ""


def domains(host: str) -> tuple[str, ...]:
    """The host and the names above it that cookies can be shared over, the registrable one first.

    None for an address, a public suffix, and what is no host name.
    """
    top = registrable(host)
    if not top:
        return ()
    labels = host.removesuffix(top).rstrip(".").split(".") if host != top else []
    above = [".".join([*labels[cut:], top]) for cut in range(len(labels))]
    return (top, *reversed(above))


@lru_cache(maxsize=1)
def _list() -> PublicSuffixList:
    # 40 ms of reading: not before somebody asks.
    return PublicSuffixList()


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
