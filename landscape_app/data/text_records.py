"""The records of a text: lines without comments, split into fields, each with the line that it starts on."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from landscape_app.core.errors import DataError
from landscape_app.data.reading import Delimiter

DELIMITERS: dict[Delimiter, str] = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "blank": " "}
#: What marks a comment at the beginning of a line.
COMMENT_MARKS = ("#", "%", "//", "!", ";")
#: A spreadsheet's words for a missing value look like comments.
NO_COMMENT = re.compile(r"#(?:n/?a(?: n/a)?|null!)\s*(?:[,;|\t ]|$)", re.IGNORECASE)
#: A line longer than this is no line of a table.
LONGEST_LINE = 16 << 20


def lines_of(title: str, blocks: Iterable[str]) -> Iterator[str]:
    """Yield the lines with their ends, which may be CR, LF or both; the last one may have none."""
    rest, number = "", 0
    for block in filter(None, blocks):
        lines = list(io.StringIO(rest + block, newline=""))
        rest = lines.pop() if not lines[-1].endswith("\n") else ""  # after a CR an LF may follow
        number += len(lines)
        if len(rest) > LONGEST_LINE:
            raise DataError(
                f"Line {number + 1} of '{title}' is longer than {LONGEST_LINE:,} characters, so that this is no table "
                "of lines: look whether it was saved as one."
            )
        yield from lines
    if rest:
        yield rest


@dataclass(frozen=True, slots=True)
class Splitting:
    """How lines become records: ``comments`` are what comment lines begin with; ``skip`` lines come before all."""

    delimiter: Delimiter
    comments: tuple[str, ...] = ()
    skip: int = 0

    def is_blank(self, line: str) -> bool:
        """Whether a line holds nothing; between tabs there may be missing values."""
        return not (line.strip(" \r\n") if self.delimiter == "tab" else line.strip())

    def is_comment(self, line: str) -> bool:
        """Whether a line is there for people only."""
        bare = line.lstrip()
        return bool(self.comments) and bare.startswith(self.comments) and not NO_COMMENT.match(bare)


class Records:
    """Iterates over (line from 1, fields) of all records that are not blank.

    Raises
    ------
    DataError
        If quotation marks don't fit or a field is longer than the csv module allows, with the line.
    """

    def __init__(self, title: str, blocks: Iterable[str], how: Splitting) -> None:
        self._title, self._how = title, how
        self._lines = lines_of(title, blocks)
        self._line = 0
        self._begin = 0

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(
            self._wanted_lines(), delimiter=DELIMITERS[self._how.delimiter], skipinitialspace=True, strict=True
        )
        while True:
            self._begin = 0
            try:
                fields = next(reader, None)
            except csv.Error as error:
                raise DataError(self._complaint(str(error))) from error
            if fields is None:
                return
            yield self._begin, fields

    def _wanted_lines(self) -> Iterator[str]:
        how, is_blank_separated = self._how, self._how.delimiter == "blank"
        for line in self._lines:
            self._line += 1
            if self._begin == 0:  # not in the midst of a quoted field
                if self._line <= how.skip or how.is_blank(line) or how.is_comment(line):
                    continue
                self._begin = self._line
                if is_blank_separated:
                    line = _single_blanks(line)
            yield line

    def _complaint(self, error: str) -> str:
        where = f"Line {self._begin or self._line} of '{self._title}'"
        if "field limit" in error:
            return (
                f"{where} has a field of more than {csv.field_size_limit():,} characters: close the quotation mark "
                "before it, or shorten the field."
            )
        return (
            f"{where} can't be split into fields ({error}): put the same sign between all fields and close every "
            "quotation mark."
        )


_QUOTED_OR_TAB = re.compile(r'"[^"]*"|\t')


def _single_blanks(line: str) -> str:
    """Return a line whose fields are set apart by blanks only; what stands in quotation marks stays."""
    bare = line.strip()
    if '"' in bare:
        return _QUOTED_OR_TAB.sub(lambda found: " " if found[0] == "\t" else found[0], bare) + "\n"
    return bare.replace("\t", " ")
