"""For every test."""

from __future__ import annotations

from hypothesis import settings

# A slow machine is not a broken promise: no test here depends on how long it takes.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
