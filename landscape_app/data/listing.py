"""The text of the command ``landscape-app data``: all data that can be had by name."""

import textwrap
from collections.abc import Sequence

from landscape_app.core.synthetic import GENERATORS, Generator, Knob
from landscape_app.data.bundled import BundledSet, bundled_catalogue

_LINE_LENGTH = 110
_GAP = "  "


def data_listing() -> str:
    """Return all bundled sets with their columns and all generators with their knobs, as aligned plain text."""
    bundled, generators = bundled_catalogue(), tuple(GENERATORS.values())
    width = max(len(name) for name in (*GENERATORS, *(entry.name for entry in bundled)))
    margin = _GAP + " " * width + _GAP
    lines = ["Bundled data sets"]
    for entry in bundled:
        lines += _item(f"{_GAP}{entry.name:<{width}}{_GAP}", entry.about)
        lines += _item(margin, _columns(entry))
    lines += ["", "Generators (--examples, --noise and --seed apply to each)"]
    for generator in generators:
        lines += _item(f"{_GAP}{generator.name:<{width}}{_GAP}", generator.explanation)
        lines += _item(margin, _defaults(generator))
        lines += _knobs(generator.knobs, margin)
    return "\n".join(lines) + "\n"


def _item(beginning: str, text: str) -> list[str]:
    """Return ``text`` after ``beginning``, broken so that further lines start below the text."""
    return textwrap.wrap(text, _LINE_LENGTH, initial_indent=beginning, subsequent_indent=" " * len(beginning))


def _columns(entry: BundledSet) -> str:
    units = {column.name: column.unit for column in entry.columns}
    labelled = [f"{name} ({units[name]})" if units[name] else name for name in (*entry.features, entry.target)]
    return f"{', '.join(labelled[:-1])} -> {labelled[-1]}"


def _defaults(generator: Generator) -> str:
    return f"{generator.default_m} examples, noise {generator.default_noise:g}"


def _knobs(knobs: Sequence[Knob], margin: str) -> list[str]:
    width = max(len(knob.name) for knob in knobs)
    lines: list[str] = []
    for knob in knobs:
        beginning = f"{margin}{knob.name:<{width}}{_GAP}"
        lines += _item(beginning, f"{knob.default:g} (from {knob.low:g} to {knob.high:g}). {knob.help}")
    return lines
