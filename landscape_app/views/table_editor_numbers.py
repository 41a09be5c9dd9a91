"""Numbers as people type and paste them: decimal points and commas, thousands, exponents."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np

from landscape_app.core.arrays import FloatArray

Sign = Literal[".", ","]

#: Words that people and programs write where there is no number.
MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-", "?", "."})
#: What may stand between thousands besides the other sign: blanks of several widths, apostrophes.
_BLANKS = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}'\N{RIGHT SINGLE QUOTATION MARK}"


def _pattern(sign: str, other: str) -> re.Pattern[str]:
    whole = rf"\d+|[1-9]\d{{0,2}}(?P<gap>[{_BLANKS}{re.escape(other)}])\d{{3}}(?:(?P=gap)\d{{3}})*"
    return re.compile(rf"([+-]?)(?=[\d{sign}])({whole})?(?:[{sign}](\d*))?(?:[eEdD]([+-]?\d+))?", re.ASCII)


_PATTERNS: dict[str, re.Pattern[str]] = {".": _pattern(".", ","), ",": _pattern(",", ".")}
_GROUPS = re.compile(rf"[{_BLANKS}.,]")
#: Columns of nothing but plain numbers are read all at once.
_PLAIN: dict[str, re.Pattern[str]] = {sign: re.compile(rf"[0-9{sign}eE+\- \n]*") for sign in (".", ",")}


class NoNumberError(ValueError):
    """A text is no number."""


class DoubtfulNumberError(ValueError):
    """A text is one number with a decimal point and another with a decimal comma."""


def is_missing(text: str) -> bool:
    """Whether a text means that there is no value."""
    return text.strip().lower() in MISSING


def number_under(text: str, sign: Sign) -> float | None:
    """Return the finite number that ``text`` spells if ``sign`` is the decimal one; None if it spells none."""
    text = text.strip().replace("\N{MINUS SIGN}", "-")
    match = _PATTERNS[sign].fullmatch(text)
    if match is None:
        return None
    minus, whole, _, decimals, exponent = match.groups()
    if not whole and not decimals:
        return None
    value = float(f"{minus}{_GROUPS.sub('', whole or '0')}.{decimals or '0'}e{exponent or '0'}")
    return value if np.isfinite(value) else None


def typed_number(text: str) -> float:
    """Return the number of a cell that was typed, NaN if it is to be missing.

    A point alone is a decimal one, as the table itself writes it; a comma is if nothing else is meant.

    Raises
    ------
    NoNumberError, DoubtfulNumberError
    """
    if is_missing(text):
        return np.nan
    point, comma = number_under(text, "."), number_under(text, ",")
    if point is None and comma is None:
        raise NoNumberError(text)
    if point is not None and comma is not None and point != comma and "," in text:
        raise DoubtfulNumberError(text)
    value = point if point is not None else comma
    assert value is not None
    return value


def decimal_sign(texts: Iterable[str]) -> tuple[Sign | None, str]:
    """Return the decimal sign that a block of numbers must have, and a number that could have either.

    The sign is None if no number shows it; the number is empty if there is none, or if another settles it.
    What is no number is passed over.

    Raises
    ------
    NoNumberError
        If one number needs a point and another a comma.
    """
    sign: Sign | None = None
    shown = doubtful = ""
    for text in texts:
        # Once the sign is known, only the other one can contradict it.
        if ("." not in text or sign == ".") and ("," not in text or sign == ","):
            continue
        point, comma = number_under(text, "."), number_under(text, ",")
        if point is None and comma is None:
            continue
        if point is not None and comma is not None:
            doubtful = doubtful or (text if point != comma else "")
            continue
        needed: Sign = "." if comma is None else ","
        if sign is not None and needed != sign:
            raise NoNumberError(f"{shown.strip()}, {text.strip()}")
        sign, shown = needed, text
    return sign, "" if sign is not None else doubtful.strip()


def pasted_numbers(texts: Sequence[str], sign: Sign) -> FloatArray | int:
    """Return a column (rows,) of pasted numbers, NaN where one is missing; or the first row that holds none."""
    joined = "\n".join(texts)
    if _PLAIN[sign].fullmatch(joined):
        try:
            plain = (joined if sign == "." else joined.replace(",", ".")).split("\n")
            values = np.array([text if text.strip() else "nan" for text in plain]).astype(np.float64)
        except ValueError:
            pass  # looked at one by one below
        else:
            if not np.isinf(values).any():
                return values
    values = np.full(len(texts), np.nan)
    for row, text in enumerate(texts):
        if not is_missing(text):
            value = number_under(text, sign)
            if value is None:
                return row
            values[row] = value
    return values
