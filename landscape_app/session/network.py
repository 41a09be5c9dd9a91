"""A model as units and weights: which are drawn, and the numbers of each."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.models.parameters import Layout
from landscape_app.session.graph import Moment, means_of

#: Units drawn one by one in the first layer and in the hidden one; of more, the last place stands for the rest.
MOST_INPUTS, MOST_HIDDEN = 10, 16

LayerName = Literal["inputs", "hidden", "output"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A circle: unit ``place`` of its layer, the constant 1 that biases weigh, or the ``more`` that have no room."""

    layer: LayerName
    kind: Literal["unit", "bias", "more"]
    place: int = 0
    more: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A line between two units, given by their numbers: parameter ``entry``, or a bundle of some (-1)."""

    start: int
    end: int
    entry: int = -1


@dataclass(frozen=True, slots=True)
class Network:
    """All units, layer by layer, and all links."""

    units: tuple[Unit, ...]
    links: tuple[Link, ...]

    def layer(self, name: LayerName) -> list[int]:
        """Return the numbers of the units of a layer, from the top down."""
        return [i for i, unit in enumerate(self.units) if unit.layer == name]


def _layer(name: LayerName, count: int, most: int) -> list[Unit]:
    shown = count if count <= most else most - 1
    units = [Unit(name, "unit", i) for i in range(shown)]
    if shown < count:
        units.append(Unit(name, "more", shown, count - shown))
    return units


@lru_cache(maxsize=8)
def network_of(layout: Layout, n: int, k: int | None) -> Network:
    """Return what is drawn of a model with ``n`` features and ``k`` hidden units (None for a regression)."""
    start = {block.name: block.start for block in layout.blocks}
    units = [*_layer("inputs", n, MOST_INPUTS), Unit("inputs", "bias")]
    first = list(range(len(units)))
    links: list[Link] = []
    if k is not None:
        hidden = _layer("hidden", k, MOST_HIDDEN)
        second = list(range(len(units), len(units) + len(hidden)))
        units += hidden
        for end in second:
            links += [_link(units, i, end, start["W1"], start["b1"], n) for i in first]
        units.append(Unit("hidden", "bias"))
        first = [*second, len(units) - 1]
    units.append(Unit("output", "unit"))
    weights, bias = ("w", "b") if k is None else ("w2", "b2")
    links += [_link(units, i, len(units) - 1, start[weights], start[bias], 0) for i in first]
    return Network(tuple(units), tuple(links))


def _link(units: list[Unit], start: int, end: int, weights: int, bias: int, n: int) -> Link:
    """Return the link between two units; a row of the weights has ``n`` entries."""
    source, target = units[start], units[end]
    if "more" in (source.kind, target.kind):
        return Link(start, end)
    entry = bias + target.place if source.kind == "bias" else weights + target.place * n + source.place
    return Link(start, end, entry)


def unit_numbers(network: Network, moment: Moment, gradients: bool) -> FloatArray:
    """Return a number for each unit, NaN where there is none.

    Values are means over the examples, gradients are sums: what the loss grows by for a nudge of that unit's input
    in all examples. For one example both are its own.
    """
    numbers = np.full(len(network.units), np.nan)
    # A gradient belongs to what comes into a unit.
    source = moment.gradients if gradients else moment.values
    rows = {
        "inputs": None if gradients else source.get("X", source.get("x")),
        "hidden": source.get("Z") if gradients else source.get("A", source.get("Z")),
        "output": source.get("yhat"),
    }
    exact = {"hidden": "b1", "output": "b2" if "b2" in source else "b"}  # sums over all examples, on record
    with np.errstate(all="ignore"):
        for layer, row in rows.items():
            if row is None:
                continue
            if gradients:
                reduced = source[exact[layer]].reshape(-1) if exact[layer] in source else row.sum(axis=1)
            else:
                reduced = means_of(row, axis=1)
            for i, unit in enumerate(network.units):
                if unit.layer == layer and unit.kind == "unit":
                    numbers[i] = reduced[unit.place]
    return numbers


def link_numbers(network: Network, vector: FloatArray) -> FloatArray:
    """Return the entry of ``vector`` (size,) that each link stands for, NaN for bundles."""
    entries = np.array([link.entry for link in network.links], dtype=np.int64)
    return np.where(entries < 0, np.nan, vector[entries])
