"""What the words after an option have to look like; every complaint says what is allowed."""

import csv
import io
import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from math import inf, isfinite

from landscape_app.core.landscape import DIRECTION_KINDS, PlaneKind

Range = tuple[float, float]


def number(text: str) -> float:
    """Return a finite number."""
    try:
        value = float(text)
    except ValueError:
        value = inf
    if not isfinite(value) or "_" in text:
        raise ArgumentTypeError(f"{text!r} is not a finite number")
    return value


def number_from(low: float) -> Callable[[str], float]:
    """Return a reader of finite numbers that are not below ``low``."""

    def read(text: str) -> float:
        value = number(text)
        if value < low:
            raise ArgumentTypeError(f"it is {text}, but it must be at least {low:g}")
        return value

    return read


def whole_from(low: int, high: int | None = None) -> Callable[[str], int]:
    """Return a reader of whole numbers from ``low`` to ``high``."""
    allowed = f"a whole number from {low}" + ("" if high is None else f" to {high}")

    def read(text: str) -> int:
        if re.fullmatch(r"[+-]?[0-9]{1,18}", text.strip()) is None:
            raise ArgumentTypeError(f"{text!r} is not {allowed}")
        value = int(text)
        if value < low or (high is not None and value > high):
            raise ArgumentTypeError(f"it is {value}, but it must be {allowed}")
        return value

    return read


#: What may stand for a delimiter or a decimal sign, besides its name.
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "\\t": "tab", "|": "bar", "pipe": "bar", " ": "blank"}
_DECIMALS = {".": "point", ",": "comma", "dot": "point"}


def delimiter(text: str) -> str:
    """Return the name of what separates columns."""
    name = _DELIMITERS.get(text, text.strip().lower().removesuffix("s"))
    if name not in _DELIMITERS.values():
        raise ArgumentTypeError(f"{text!r} is not one of comma, semicolon, tab, bar, blank, or one of these characters")
    return name


def decimal(text: str) -> str:
    """Return the name of the decimal sign."""
    name = _DECIMALS.get(text.strip(), text.strip().lower())
    if name not in _DECIMALS.values():
        raise ArgumentTypeError(f"{text!r} is not one of point, comma")
    return name


def encoding(text: str) -> str:
    """Return the name of an encoding of text that Python knows."""
    try:
        "".encode(text)
    except (LookupError, ValueError) as error:
        raise ArgumentTypeError(f"{text!r} is not an encoding of text, as utf-8, utf-16 or latin-1") from error
    return text


def yes_or_no(text: str) -> bool:
    """Return whether the answer is yes."""
    answers = {"yes": True, "true": True, "no": False, "none": False, "false": False}
    if text.strip().lower() not in answers:
        raise ArgumentTypeError(f"{text!r} is not one of yes, no")
    return answers[text.strip().lower()]


def column_types(text: str) -> tuple[tuple[str, str], ...]:
    """Return pairs of a column's name and "number" or "words"."""
    pairs = []
    for part in column_names(text):
        name, sign, kind = part.rpartition("=")
        if not sign or not name or kind not in ("number", "words"):
            raise ArgumentTypeError(f"{part!r} is not a column's name, =, and number or words")
        pairs.append((name, kind))
    return tuple(pairs)


def batch_size(text: str) -> int:
    """Return the number of examples in a batch, 0 standing for all."""
    try:
        return 0 if text.strip().lower() == "full" else whole_from(1)(text)
    except ArgumentTypeError as error:
        raise ArgumentTypeError(f"{error}, or full") from error


def value_range(text: str) -> Range:
    """Return ``LO:HI`` as two numbers."""
    low, colon, high = text.partition(":")
    if not colon:
        raise ArgumentTypeError(f"{text!r} is not of the form LO:HI, for instance -4:5")
    limits = number(low), number(high)
    if not limits[0] < limits[1]:
        raise ArgumentTypeError(f"the range {text} must go from a lower to a higher number")
    if not isfinite(2.0 * (limits[1] - limits[0])):
        raise ArgumentTypeError(f"the range {text} is too wide")
    return limits


def setting(text: str) -> tuple[str, float]:
    """Return ``NAME=VALUE`` as a name and a number."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE, for instance momentum=0.9")
    return name.strip(), number(value)


def column_names(text: str) -> tuple[str, ...]:
    """Return names separated by commas; one that holds a comma is quoted as in CSV."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True))
    except csv.Error as error:
        raise ArgumentTypeError(f"{text!r} is not a list of names: a quote is not closed") from error
    names = [name for row in rows for name in row]
    if not names or not all(name.strip() for name in names):
        raise ArgumentTypeError(f"{text!r} holds an empty name")
    return tuple(names)


def plane_choice(text: str) -> tuple[str, str] | PlaneKind:
    """Return the kind of a plane that is no pair of parameters, else the two names in ``P,Q``."""
    for kind in DIRECTION_KINDS:
        if text.strip().lower() == kind:
            return kind
    try:
        return two_parameters(text)
    except ArgumentTypeError as error:
        raise ArgumentTypeError(f"{error}, and is none of {', '.join(DIRECTION_KINDS)}") from error


def two_parameters(text: str) -> tuple[str, str]:
    """Return ``P,Q`` as two names; commas inside brackets belong to a name."""
    names = [""]
    depth = 0
    for letter in text:
        depth += (letter == "[") - (letter == "]")
        if letter == "," and depth == 0:
            names.append("")
        else:
            names[-1] += letter
    names = [name.strip() for name in names]
    if len(names) != 2 or not all(names):
        raise ArgumentTypeError(f"{text!r} does not name two parameters, as W1[0,1],w2[0] does")
    return names[0], names[1]


def picture_formats(text: str) -> tuple[str, ...]:
    """Return png, svg and pdf in the order given, each once; nothing for none."""
    words = [word.strip().lower() for word in text.split(",")]
    if words == ["none"]:
        return ()
    for word in words:
        if word not in {"png", "svg", "pdf"}:
            raise ArgumentTypeError(f"{word!r} is not a format: choose from png, svg and pdf, or none alone")
    return tuple(dict.fromkeys(words))
