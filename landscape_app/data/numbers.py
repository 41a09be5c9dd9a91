"""Numbers as people write them: what a cell's text means, and which decimal sign a file seems to use."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import nan

from landscape_app.data.reading import Decimal, Kind

#: Words that mean a missing value, folded; a cell of blanks is missing too.
MISSING = frozenset((
    "", "na", "n/a", "nan", "-nan", "null", "none", "<na>", "#n/a", "#na", "#n/a n/a", "#null!", "missing",
    "1.#qnan", "-1.#qnan", "1.#ind", "-1.#ind", "-", "--", "–", "—", "?", ".",
))  # fmt: skip
INFINITE = frozenset(("inf", "infinity", "∞", "1.#inf"))
#: What may separate thousands in every country, besides the sign that isn't the decimal one.
_BLANKS = " \u00a0\u202f\u2009"
_APOSTROPHES = "'’"
#: A minus by another name.
_MINUS = str.maketrans({"\u2212": "-", "\uff0d": "-"})
_EXPONENT = r"(?:[eEdD][+-]?[0-9]+)?"
_SIGN = r"[+-]?"


def _grammar(point: str, comma: str) -> str:
    """Return the numbers whose decimal sign is ``point``; groups of three may be set apart, all by one sign."""
    marks = (comma, f"[{_BLANKS}]", f"[{_APOSTROPHES}]")
    grouped = "|".join(rf"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+" for mark in marks)
    plain = rf"(?:[0-9]+(?:{point}[0-9]*)?|{point}[0-9]+){_EXPONENT}"
    return rf"{_SIGN}[{_BLANKS}]?(?:{plain}|(?:{grouped})(?:{point}[0-9]*)?)"


_SPELLINGS: dict[Decimal, str] = {"point": _grammar(r"\.", ","), "comma": _grammar(",", r"\.")}
_GRAMMARS = {sign: re.compile(rf"\s*{number}\s*", re.ASCII) for sign, number in _SPELLINGS.items()}
#: A number on each line; what was matched is never tried again, so that a long column takes no more memory.
_COLUMNS = {sign: re.compile(rf"(?:{number}\n)*+{number}", re.ASCII) for sign, number in _SPELLINGS.items()}
#: What Python's ``float`` reads, without underscores, digits of other scripts and words.
PLAIN = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*", re.ASCII)
_DROP: dict[Decimal, dict[int, str | None]] = {
    "point": {ord(c): None for c in "," + _BLANKS + _APOSTROPHES} | {ord("d"): "e", ord("D"): "e"},
    "comma": {ord(c): None for c in "." + _BLANKS + _APOSTROPHES} | {ord("d"): "e", ord("D"): "e", ord(","): "."},
}


def is_missing(text: str, more: frozenset[str] = frozenset()) -> bool:
    """Whether a cell means that there is no value; ``more`` are further words for that, folded."""
    folded = text.strip().casefold()
    return folded in MISSING or folded in more


#: Signs that stand for a missing number, but for a word in a column of words: plus and minus, yes and ?.
_SIGNS = frozenset(("-", "--", "–", "—", "?", "."))


def is_missing_word(text: str, more: frozenset[str] = frozenset()) -> bool:
    """Whether a cell of a column of words means that there is none; ``more`` are further words for that, folded."""
    folded = text.strip().casefold()
    return folded in more or (folded in MISSING and folded not in _SIGNS)


def is_infinite(text: str) -> bool:
    """Whether a cell spells an infinite number."""
    return text.strip().lstrip("+-\u2212").casefold() in INFINITE


def number_in(text: str, decimal: Decimal) -> float:
    """Return the number that ``text`` spells with this decimal sign, or NaN if it spells none.

    Thousands may be set apart by the other sign, a blank or an apostrophe, if in groups of three. Fortran's
    D is an exponent, U+2212 a minus. The value is what Python's ``float`` makes of the plain spelling.
    """
    plain = text.strip().translate(_MINUS)
    if decimal == "point" and PLAIN.fullmatch(plain):
        return float(plain)
    if not _GRAMMARS[decimal].fullmatch(plain):
        return nan
    return float(plain.translate(_DROP[decimal]).replace(" ", ""))


def numbers_in(cells: Sequence[str], decimal: Decimal) -> list[float] | None:
    """Return what `number_in` makes of each of ``cells``, all at once; None if one of them spells no number."""
    text = "\n".join(cells).translate(_MINUS)
    if text.count("\n") != len(cells) - 1 or not _COLUMNS[decimal].fullmatch(text):
        return None
    return list(map(float, text.translate(_DROP[decimal]).replace(" ", "").split("\n")))


def plain_number(text: str) -> float:
    """Return the number that ``text`` spells in the way of programs (1234.5e-6), or NaN."""
    plain = text.strip()
    return float(plain) if PLAIN.fullmatch(plain) else nan


def is_number(text: str, decimal: Decimal | None = None) -> bool:
    """Whether ``text`` is a number, with this decimal sign or, if None, with any."""
    plain = text.strip().translate(_MINUS)
    signs: Iterable[Decimal] = ("point", "comma") if decimal is None else (decimal,)
    return any(_GRAMMARS[sign].fullmatch(plain) is not None for sign in signs)


_OPEN = re.compile(r"[+-]?\s?[1-9][0-9]{0,2}([.,])[0-9]{3}", re.ASCII)
_LONG = re.compile(r"[+-]?\s?[0-9]{4,}(?:[.,][0-9]*)?", re.ASCII)


def is_open(text: str) -> bool:
    """Whether a number may be a thousand, or one with three decimals: 1.234."""
    return _OPEN.fullmatch(text.strip().translate(_MINUS)) is not None


def is_long(text: str) -> bool:
    """Whether a number has four digits or more before its decimal sign, with nothing between them: 1234.5."""
    return _LONG.fullmatch(text.strip().translate(_MINUS)) is not None


def is_grouped(text: str) -> bool:
    """Whether a number has points or commas that can only be between thousands, such as 1,234,567 or 1,234.5."""
    marks = text.count(".") + text.count(",")
    return marks > 1


_OPEN_LINE = re.compile(rf"^{_OPEN.pattern}$".replace(r"\s", r"[^\S\n]"), re.ASCII | re.MULTILINE)
_LONG_LINE = re.compile(rf"^{_LONG.pattern}$".replace(r"\s", r"[^\S\n]"), re.ASCII | re.MULTILINE)
_GROUPED_LINE = re.compile(r"^[^.,\n]*[.,][^.,\n]*[.,]", re.MULTILINE)


def groups_in(cells: Sequence[str]) -> tuple[int | None, int | None, bool]:
    """Return where the first of ``cells``, numbers all, `is_open` and `is_long`, and whether one `is_grouped`."""
    text = "\n".join(cells).translate(_MINUS)
    places = [
        None if (found := pattern.search(text)) is None else text.count("\n", 0, found.start())
        for pattern in (_OPEN_LINE, _LONG_LINE)
    ]
    return places[0], places[1], _GROUPED_LINE.search(text) is not None


@dataclass(frozen=True, slots=True)
class Seen:
    """A cell that says something of the decimal sign: its line and its text."""

    line: int
    text: str


class DecimalEvidence:
    """What the cells of a file say of its decimal sign: sure signs for either, and cells that may be both.

    Only columns of numbers count, by ``kinds``: a version or an address among words is none.
    """

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._looks = [kind == "number" for kind in kinds]
        self.sure: dict[Decimal, Seen] = {}
        self.open: Seen | None = None

    def look(self, line: int, cells: Iterable[str]) -> None:
        """Take the cells of one record into account."""
        for cell, looks in zip(cells, self._looks, strict=False):  # a line may have too few cells
            if looks and ("." in cell or "," in cell):
                self._weigh(line, cell.strip().translate(_MINUS))

    def _weigh(self, line: int, text: str) -> None:
        if is_open(text):  # 1.234: a thousand, or one and a bit
            self.open = self.open or Seen(line, text)
            return
        signs: tuple[Decimal, ...] = ("point", "comma")
        fits = [sign for sign in signs if is_number(text, sign)]
        if len(fits) == 1:
            self.sure.setdefault(fits[0], Seen(line, text))
