"""Banner, preference centre, policy page and placeholders: purposes and words → markup."""

from consent.banner.insertions import PageInsertions
from consent.banner.pages import Pages, Release
from consent.banner.state import page_state

__all__ = ["PageInsertions", "Pages", "Release", "page_state"]
