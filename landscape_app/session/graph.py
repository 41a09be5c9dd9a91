"""The computation as a graph: its nodes and edges, what the walk lights up, and the numbers of each node."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.backprop import example_terms
from landscape_app.session.backprop import INCREMENT, MOVE, Passes, next_increment
from landscape_app.session.picks import example_part
from landscape_app.session.snapshot import Snapshot

Kind = Literal["data", "parameter", "hidden", "function", "output", "loss"]

#: A mean of at most so many roundings of the numbers that it is of is 0 as far as anyone can tell: centred data that
#: lay far from zero are rounded by that much.
ROUNDINGS = 10_000


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the computation.

    ``step`` counts along the way from the features to the loss, ``side`` is -1 or 1 for what comes in beside it.
    """

    name: str
    kind: Kind
    step: float
    side: int = 0


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the order of evaluation, and the edges between them by name, in the forward direction."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]

    def __getitem__(self, name: str) -> Node:
        """Return the node ``name``."""
        return next(node for node in self.nodes if node.name == name)


@lru_cache(maxsize=8)
def graph_of(model_name: str) -> Graph:
    """Return the graph of the model of that name."""
    if model_name in ("univariate", "multivariate"):
        features = "x" if model_name == "univariate" else "X"
        nodes = (
            Node(features, "data", 0),
            Node("w", "parameter", 1, -1),
            Node("b", "parameter", 1, 1),
            Node("yhat", "output", 1),
            Node("y", "data", 2, -1),
            Node("L", "loss", 2),
        )
        return Graph(nodes, ((features, "yhat"), ("w", "yhat"), ("b", "yhat"), ("yhat", "L"), ("y", "L")))
    sigmoid = model_name == "two-layer-sigmoid"
    last = 3 if sigmoid else 2
    activation = (Node("σ", "function", 1.5), Node("A", "hidden", 2)) if sigmoid else ()
    nodes = (
        Node("X", "data", 0),
        Node("W1", "parameter", 1, -1),
        Node("b1", "parameter", 1, 1),
        Node("Z", "hidden", 1),
        *activation,
        Node("w2", "parameter", last, -1),
        Node("b2", "parameter", last, 1),
        Node("yhat", "output", last),
        Node("y", "data", last + 1, -1),
        Node("L", "loss", last + 1),
    )
    chain = ("X", "Z", "σ", "A", "yhat", "L") if sigmoid else ("X", "Z", "yhat", "L")
    beside = (("W1", "Z"), ("b1", "Z"), ("w2", "yhat"), ("b2", "yhat"), ("y", "L"))
    return Graph(nodes, (*pairwise(chain), *beside))


@dataclass(frozen=True, slots=True)
class Lit:
    """What the term in hand lights up: nodes by their value or their gradient, edges by the way that is gone."""

    values: frozenset[str] = frozenset()
    gradients: frozenset[str] = frozenset()
    forward: frozenset[tuple[str, str]] = frozenset()
    backward: frozenset[tuple[str, str]] = frozenset()


def lit_by(graph: Graph, term: str) -> Lit:
    """Return what ``term``, as `walk_names` has it, lights up; nothing for no term."""
    names = {node.name for node in graph.nodes}
    if term in (INCREMENT, MOVE):
        return Lit(values=frozenset(node.name for node in graph.nodes if node.kind == "parameter"))
    if term == "residual":
        return Lit(forward=frozenset({("yhat", "L"), ("y", "L")}))
    if term in names:
        return Lit(values=frozenset({term}), forward=_through_function(graph, {e for e in graph.edges if e[1] == term}))
    name = term.removeprefix("dL/d")
    if term.startswith("dL/d") and name in names:
        edges = {edge for edge in graph.edges if edge[0] == name}
        return Lit(gradients=frozenset({name}), backward=_through_function(graph, edges))
    return Lit()


def update_in_hand(shown: Snapshot) -> FloatArray | None:
    """Return the increment, or the parameters after it (size,), whichever is in hand.

    None for any other term, and where it is not known before the step is made.
    """
    if shown.term not in (INCREMENT, MOVE):
        return None
    increment = next_increment(shown)
    if increment is None or shown.term == INCREMENT:
        return increment
    with np.errstate(all="ignore"):  # a run that is about to diverge goes as far as numbers go
        return shown.theta + increment


def _through_function(graph: Graph, edges: set[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Return ``edges`` with those on the other side of a function: the way goes on through it."""
    if any("σ" in edge for edge in edges):
        edges = edges | {edge for edge in graph.edges if "σ" in edge}
    return frozenset(edges)


@dataclass(frozen=True, slots=True)
class Amount:
    """One number, the mean of several, or the range from ``low`` to ``high`` of a matrix."""

    kind: Literal["number", "mean", "range"]
    low: float
    high: float


def means_of(values: FloatArray, axis: int | None = None) -> FloatArray:
    """Return the means of ``values``, of all or along ``axis``; 0 where rounding is all that is left of one."""
    means, sizes = values.mean(axis=axis), np.abs(values).mean(axis=axis)
    nothing = np.isfinite(sizes) & (np.abs(means) <= ROUNDINGS * np.finfo(np.float64).eps * sizes)
    return np.where(nothing, 0.0, means)


def amount_of(values: FloatArray, as_mean: bool) -> Amount:
    """Return what is told of ``values``: themselves if that is one number, else their mean or their range."""
    if values.size == 1:
        number = float(values.reshape(-1)[0])
        return Amount("number", number, number)
    if as_mean:
        mean = float(means_of(values))
        return Amount("mean", mean, mean)
    return Amount("range", float(values.min()), float(values.max()))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a node has: its shape over all examples, its value and its gradient where it has one."""

    shape: tuple[int, ...]
    value: Amount | None
    gradient: Amount | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Moment:
    """The arrays that the graph shows at one cursor, over the step's examples or for the picked one alone.

    ``values`` and ``gradients`` hold an array for each node that has one. An example that the step does not use has
    no gradients, and no part in the loss.
    """

    example: int | None
    m: int
    columns: int
    values: dict[str, FloatArray]
    gradients: dict[str, FloatArray]

    def reading(self, name: str) -> Reading:
        """Return what the node ``name`` shows."""
        value, gradient = self.values.get(name), self.gradients.get(name)
        array = value if value is not None else gradient
        if array is None:
            return Reading((), None, None)
        rows = name in ("x", "X", "y", "yhat", "Z", "A", "σ")
        shape = (array.shape[0], self.m) if rows and array.ndim == 2 else array.shape
        with np.errstate(all="ignore"):
            return Reading(
                shape,
                None if value is None else amount_of(value, rows and value.shape[0] == 1),
                None if gradient is None else amount_of(gradient, rows and gradient.shape[0] == 1),
            )


def moment_of(shown: Snapshot, passes: Passes) -> Moment:
    """Return the arrays at the snapshot's cursor; ``passes`` are those of `passes_at`."""
    model = shown.problem.model
    if shown.example is None:
        X, y = _columns(shown, passes)
        terms = {term.name: term.value for term in passes.terms}
        gradients = {name[4:]: value for name, value in terms.items() if name.startswith("dL/d")}
        m = passes.m
    else:
        data, m = shown.problem.data, 1
        X, y = data.X[:, [shown.example]], data.y[:, [shown.example]]
        with np.errstate(all="ignore"):
            terms = {term.name: term.value for term in example_terms(model, shown.theta, X, y, passes.m)}
        part = example_part(shown)
        gradients = {}
        if part is not None:
            # What the example adds to the loss: all of these are summed over the examples of the step.
            with np.errstate(all="ignore"):
                terms["L"] = np.square(terms["residual"][0, 0]) / passes.m
            gradients = {name[4:]: value for name, value in terms.items() if name.startswith("dL/d")}
            gradients.update(model.layout.split(part))
    values: dict[str, FloatArray] = {name: terms[name] for name in ("Z", "A", "yhat", "L") if name in terms}
    values.update(model.layout.split(shown.theta))
    values["x" if model.name == "univariate" else "X"] = X
    values["y"] = y
    if "A" in values:
        values["σ"] = values["A"] * (1.0 - values["A"])
    if gradients:
        gradients["L"] = np.array(1.0)
    return Moment(shown.example, m, X.shape[1], values, gradients)


def _columns(shown: Snapshot, passes: Passes) -> tuple[FloatArray, FloatArray]:
    """Return features and targets of the examples that have a column in ``passes``."""
    data = shown.problem.data
    if passes.is_batch:
        return data.examples(passes.examples)
    return data.X[:, : len(passes.examples)], data.y[:, : len(passes.examples)]
