"""Quotation marks in UTF-8 text: where records end, and whether all programs would agree on the fields."""

import numpy as np
import numpy.typing as npt

_QUOTE, _LF, _CR = 34, 10, 13


def record_end(text: bytes) -> int:
    """Return where the last line ends before which the quotation marks are even; 0 if none does."""
    end = len(text)
    quotes = text.count(b'"')
    while end > 0:
        begin = max(text.rfind(b"\n", 0, end), text.rfind(b"\r", 0, end - 1))
        quotes -= text.count(b'"', begin + 1, end)
        if quotes % 2 == 0:
            return begin + 1
        end = begin
    return 0


def is_well_quoted(text: bytes, delimiter: bytes) -> bool:
    """Whether each quotation mark opens a field, closes one, or is doubled within one.

    The 1st, 3rd, 5th … mark then stands at a field's beginning or right after the one before it; the 2nd, 4th …
    at a field's end or right before the next. By induction that is enough: a text that begins outside of a field
    and keeps to it has no mark in a field without quotation marks and nothing between a closing one and the
    separator. Readers differ in nothing but these.
    """
    whole: npt.NDArray[np.uint8] = np.frombuffer(text, np.uint8)
    marks = np.flatnonzero(whole == _QUOTE)
    if marks.size % 2:
        return False
    opening, closing = marks[0::2], marks[1::2]
    edges = np.zeros(256, dtype=bool)
    edges[[_LF, _CR, delimiter[0], _QUOTE]] = True
    before = whole[np.maximum(opening - 1, 0)]  # at the text's beginning and end: the mark itself
    after = whole[np.minimum(closing + 1, whole.size - 1)]
    return bool(edges[before].all() and edges[after].all())
