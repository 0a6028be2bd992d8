"""``log.witnesses`` → those who keep copies."""

from __future__ import annotations

from consent.config import ConsentConfig
from consent.errors import Code, ConfigError, NoteRefused, Problem
from consent.tree.keys import VerifierKey
from consent.witness import Witness
from consent.witness.cosigner import Cosigner
from consent.witness.directory import Directory
from consent.witness.timestamp import Authority


def witnesses(config: ConsentConfig) -> tuple[Witness, ...]:
    """All that are configured; none is asked anything yet.

    Raises:
        ConfigError: E033, the key of one is none.
    """
    return tuple(_witness(text, at) for at, text in enumerate(config.log.witnesses))


def _witness(text: str, at: int) -> Witness:
    kind, _, place = text.partition(":")
    if kind == "dir":
        return Directory(place)
    if kind == "tsa":
        return Authority(place)
    url, _, key = text.partition("#")
    try:
        return Cosigner(url, VerifierKey.parse(key) if key else None)
    except NoteRefused as error:
        fix = "Write it as the witness publishes it: name+id+key."
        problem = Problem(Code.WITNESS, f"log.witnesses[{at}]", f"{error}.", fix)
        raise ConfigError([problem]) from error
