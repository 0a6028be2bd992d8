"""The one place where it is decided whether something may act: purpose, choice, owner → verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import translate
from functools import lru_cache

from ada_url import URL

from consent.config import ConsentConfig
from consent.model import Choice, Reason, Service, Verdict

OWN = Verdict(True, Reason.OWN)
UNREADABLE = Verdict(False, Reason.UNREADABLE)
UNDECLARED = Verdict(False, Reason.UNDECLARED)
NOT_ENFORCED = Verdict(True, Reason.NOT_ENFORCED)

# Schemes whose resources travel inside the page: nobody is contacted.
LOCAL_SCHEMES = frozenset({"data:", "blob:", "about:", "javascript:", "filesystem:"})
NETWORK_SCHEMES = frozenset({"http:", "https:", "ws:", "wss:"})
