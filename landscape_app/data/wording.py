"""Small helpers for sentences that people read."""

from collections.abc import Sequence
from difflib import get_close_matches

_MOST_NAMES = 12
_LONGEST_VALUE = 40


def listed(names: Sequence[str]) -> str:
    """Return ``names`` quoted and separated by commas; of many, the first twelve and how many more."""
    shown = ", ".join(f"'{on_one_line(name)}'" for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def closest(name: str, names: Sequence[str]) -> str | None:
    """Return the one of ``names`` that ``name`` was probably meant to be, if there is one."""
    by_folded = {candidate.strip().casefold(): candidate for candidate in names}
    close = get_close_matches(name.strip().casefold(), list(by_folded), 1)
    return by_folded[close[0]] if close else None


def shortened(value: str) -> str:
    """Return ``value`` in quotes on one line, cut if it is long."""
    flat = " ".join(value.split())
    return f"'{flat}'" if len(flat) <= _LONGEST_VALUE else f"'{flat[:_LONGEST_VALUE]}…'"


def on_one_line(name: str) -> str:
    """Return a name as it can be shown: line ends become blanks, and what can't be printed a sign for that."""
    return "".join(char if char.isprintable() else " " if char.isspace() else "\ufffd" for char in name)


def counted(number: int, noun: str) -> str:
    """Return for instance '1 row' or '1,200 rows'."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
