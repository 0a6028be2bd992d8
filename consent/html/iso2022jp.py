"""ISO-2022-JP (WHATWG Encoding §13.2): what a browser reads in its bytes, and the same bytes again.

Markup is looked for in text in which each character that is none of ASCII stands as one of plane
16, which says by which bytes it was written. So what is not held leaves as it came, also where
tables differ or name a character twice.
"""

from __future__ import annotations

import re
from enum import IntEnum


class Shift(IntEnum):
    """What bytes mean behind an escape sequence."""

    ASCII = 0
    ROMAN = 1
    KANA = 2
    JIS_1978 = 3
    JIS_1983 = 4


SEQUENCES = {
    b"\x1b(B": Shift.ASCII,
    b"\x1b(J": Shift.ROMAN,
    b"\x1b(I": Shift.KANA,
    b"\x1b$@": Shift.JIS_1978,
    b"\x1b$B": Shift.JIS_1983,
}
WRITTEN = {shift: sequence for sequence, shift in SEQUENCES.items()}
ESCAPE = b"\x1b"
UNREADABLE = "\ufffd"
CELLS = 94

FIRST = 0x100000
"""Of plane 16: the characters, by shift; behind them the sequences themselves."""
ROOM = 0x2400
"""More than the pairs of one shift."""
MARKS = FIRST + ROOM * len(Shift)
FOREIGN = re.compile(f"[{chr(FIRST)}-{chr(MARKS + len(Shift))}]")
RUN = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]")

_PAIRS = re.compile(rb"(?:[!-~]{2})+")
_READABLE = {
    Shift.ASCII: re.compile(rb"[^\x0e\x0f\x1b\x80-\xff]+"),
    Shift.ROMAN: re.compile(rb"[^\x0e\x0f\x1b\x80-\xff]+"),
    Shift.KANA: re.compile(rb"[!-_]+"),
    Shift.JIS_1978: _PAIRS,
    Shift.JIS_1983: _PAIRS,
}
_OWN = re.compile(r"[\\~]")
"""What is another character in Roman."""


class Decoder:
    """Bytes, cut anywhere, to text in which ASCII is markup and nothing else is."""

    def __init__(self) -> None:
        self._shift = Shift.ASCII
        self._left = b""
        """The beginning of a sequence, or of a pair."""
        self._passed: list[Shift] = []
        """Sequences since the last character: browsers make nothing of one, so ``<i…mg`` is a tag.
        Beside what is no ASCII they may stand; between ASCII they are left out."""
        self._beside = False

    def decode(self, data: bytes, final: bool = False) -> str:
        """What can be read so far."""
        data = self._left + data
        out: list[str] = []
        at = 0
        while at < len(data):
            step = self._step(data, at, out, final=final)
            if step == 0:
                break
            at += step
        self._left = data[at:]
        if final:
            self._mark(out, beside=False)
        return "".join(out)

    def _step(self, data: bytes, at: int, out: list[str], *, final: bool) -> int:
        """How many bytes were read here; 0 where more has to be waited for."""
        run = _READABLE[self._shift].match(data, at)
        if run:
            self._characters(run[0], out)
            return len(run[0])
        if data[at : at + 1] == ESCAPE:
            sequence = data[at : at + 3]
            if sequence in SEQUENCES:
                self._shift = SEQUENCES[sequence]
                self._passed.append(self._shift)
                return 3
            if not final and any(known.startswith(sequence) for known in SEQUENCES):
                return 0
        elif self._shift >= Shift.JIS_1978 and 0x21 <= data[at] <= 0x7E:
            # Half of a pair: what is no other half goes with it, but for an escape.
            if at + 1 == len(data) and not final:
                return 0
            self._ascii(UNREADABLE, out)
            return 1 if data[at + 1 : at + 2] == ESCAPE else 2
        self._ascii(UNREADABLE, out)
        return 1

    def _characters(self, run: bytes, out: list[str]) -> None:
        if self._shift <= Shift.ROMAN:
            text = run.decode("ascii")
            if self._shift is Shift.ASCII or not _OWN.search(text):
                self._ascii(text, out)
                return
            for part in re.split(f"({_OWN.pattern})", text):
                if _OWN.fullmatch(part):
                    self._other(chr(FIRST + ROOM * Shift.ROMAN + ord(part)), out)
                elif part:
                    self._ascii(part, out)
            return
        base = FIRST + ROOM * self._shift
        if self._shift is Shift.KANA:
            codes = [base + byte for byte in run]
        else:
            pairs = zip(run[::2], run[1::2], strict=True)
            codes = [base + (row - 0x21) * CELLS + cell - 0x21 for row, cell in pairs]
        self._other("".join(map(chr, codes)), out)

    def _ascii(self, text: str, out: list[str]) -> None:
        self._mark(out, beside=False)
        out.append(text)
        self._beside = False

    def _other(self, text: str, out: list[str]) -> None:
        self._mark(out, beside=True)
        out.append(text)
        self._beside = True

    def _mark(self, out: list[str], *, beside: bool) -> None:
        if beside or self._beside:
            out += [chr(MARKS + shift) for shift in self._passed]
        else:
            # Browsers show that nothing stands between two sequences.
            out += [UNREADABLE] * (len(self._passed) - 1)
        self._passed.clear()


class Encoder:
    """The text of a :class:`Decoder`, with what was put into it, to bytes."""

    def __init__(self) -> None:
        self._shift = Shift.ASCII

    def encode(self, text: str) -> bytes:
        """Bytes that a browser reads as ``text``."""
        return b"".join(map(self._run, RUN.findall(text)))

    def _run(self, run: str) -> bytes:
        code = ord(run[0]) - FIRST
        if run.isascii() or not 0 <= code <= MARKS + len(Shift) - FIRST:
            kept = self._shift is Shift.ROMAN and not _OWN.search(run) and run.isascii()
            shift = Shift.ROMAN if kept else Shift.ASCII
            return self._to(shift) + run.encode("ascii", "xmlcharrefreplace")
        if code >= MARKS - FIRST:
            self._shift = Shift(code + FIRST - MARKS)
            return WRITTEN[self._shift]
        shift, number = Shift(code // ROOM), code % ROOM
        if shift >= Shift.JIS_1978:
            return self._to(shift) + bytes([number // CELLS + 0x21, number % CELLS + 0x21])
        return self._to(shift) + bytes([number])

    def _to(self, shift: Shift) -> bytes:
        before, self._shift = self._shift, shift
        return b"" if shift is before else WRITTEN[shift]


def as_read(text: str) -> str:
    """The characters that a browser makes of a :class:`Decoder`'s text."""
    return FOREIGN.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code >= MARKS:
        return ""
    shift, number = Shift((code - FIRST) // ROOM), (code - FIRST) % ROOM
    if shift is Shift.ROMAN:
        return "\xa5" if number == ord("\\") else "\u203e"
    if shift is Shift.KANA:
        return chr(0xFF61 - 0x21 + number)
    row, cell = divmod(number, CELLS)
    # The same table as in Shift_JIS, laid out in half as many rows.
    lead = row // 2 + (0x81 if row < 62 else 0xC1)
    trail = cell + (0x9F if row % 2 else 0x40 + (cell >= 63))
    return bytes([lead, trail]).decode("cp932", "replace")[:1]
