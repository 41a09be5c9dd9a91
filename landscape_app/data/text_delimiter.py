"""Which sign separates the columns of a text."""

import csv
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from landscape_app.data.numbers import is_missing, is_number
from landscape_app.data.reading import Delimiter, Doubt
from landscape_app.data.text_records import COMMENT_MARKS, DELIMITERS, NO_COMMENT, Splitting

#: Lines that are looked at.
LOOKED_AT = 100
_NAMES: dict[Delimiter, str] = {
    "comma": "commas",
    "semicolon": "semicolons",
    "tab": "tabs",
    "bar": "bars",
    "blank": "blanks",
}


def comment_marks(lines: Sequence[str], delimiter: Delimiter | None) -> tuple[str, ...]:
    """Return what comment lines begin with here; a mark on most lines below the first one without it is data."""
    full = [line.lstrip() for line in lines if line.strip()]
    marks = [mark for mark in COMMENT_MARKS if mark != ";" or delimiter != "semicolon"]
    if delimiter is None and any(";" in line and not line.startswith(";") for line in full):
        marks.remove(";")  # it may be what separates the columns
    found = []
    for mark in marks:
        marked = [line.startswith(mark) and not NO_COMMENT.match(line) for line in full]
        body = marked[marked.index(False) :] if False in marked else []
        if any(marked) and body and sum(body) <= len(body) / 2:
            found.append(mark)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A delimiter, how many columns it makes, and the shares of lines and cells that speak for it."""

    name: Delimiter
    width: int
    even: float
    numeric: float
    mixed: float

    @property
    def score(self) -> float:
        return 2.0 * self.even + self.numeric - self.mixed


def found_delimiter(lines: Sequence[str]) -> Delimiter | Doubt | None:
    """Return what separates the columns, a question if two signs do it equally well, or None if no sign does."""
    full = [line for line in lines if line.strip()][:LOOKED_AT]
    splits = {name: _split(full, name) for name in DELIMITERS}
    several = [name for name, records in splits.items() if _width(records) > 1]
    candidates = sorted(
        (_candidate(name, splits[name], several) for name in several), key=lambda c: c.score, reverse=True
    )
    if not candidates:
        return None
    best = candidates[0]
    rivals = [
        c
        for c in candidates[1:]
        if (c.even, c.numeric) == (best.even, best.numeric) == (1.0, best.numeric) and c.mixed == best.mixed
    ]
    if {c.name for c in (best, *rivals)} == {"tab", "blank"}:
        return "tab"
    if not rivals or len(full) < 2:
        return best.name
    choices = tuple(c.name for c in (best, *rivals))
    words = " and ".join(_NAMES[name] for name in choices)
    return Doubt("delimiter", f"{words} both split every line into columns", choices)


def _split(lines: Sequence[str], name: Delimiter) -> list[list[str]]:
    blank = name == "blank"
    how = Splitting(name)
    wanted = (line.replace("\t", " ").strip() if blank else line for line in lines if not how.is_blank(line))
    reader = csv.reader(wanted, delimiter=DELIMITERS[name], skipinitialspace=True)
    records: list[list[str]] = []
    with suppress(csv.Error):  # a field of no sensible length: what comes before it has to do
        records.extend(reader)
    return records


def _width(records: Sequence[Sequence[str]]) -> int:
    counts = Counter(map(len, records))
    return max(counts, key=lambda width: (counts[width], width)) if counts else 0


def _candidate(name: Delimiter, records: Sequence[Sequence[str]], several: Sequence[Delimiter]) -> _Candidate:
    width = _width(records)
    fitting = [record for record in records if len(record) == width]
    cells = [cell for record in (fitting[1:] or fitting) for cell in record]
    numeric = [is_missing(cell) or (is_number(cell) and cell.strip()[-1] not in ".,") for cell in cells]
    others = [DELIMITERS[other] for other in several if other not in (name, "blank")]
    mixed = sum(
        not number and any(other in cell for other in others) for cell, number in zip(cells, numeric, strict=True)
    )
    total = max(1, len(cells))
    return _Candidate(name, width, len(fitting) / max(1, len(records)), sum(numeric) / total, mixed / total)
