"""The graph and the network of a model: what is connected, what is lit, and the numbers, against the core's."""

from dataclasses import replace

import numpy as np
import pytest

from landscape_app.core.dataset import Dataset, standardised
from landscape_app.core.models import MODELS
from landscape_app.session.backprop import INCREMENT, MOVE, walk_names
from landscape_app.session.graph import Amount, Lit, amount_of, graph_of, lit_by, means_of, moment_of
from landscape_app.session.network import MOST_HIDDEN, MOST_INPUTS, link_numbers, network_of, unit_numbers
from landscape_app.session.snapshot import Snapshot
from tests.terms import passes
from tests.views.moments import made_data, moment, passes_of

ALL_MODELS = list(MODELS)


def a_moment(model: str, batch_size: int | None = None, n: int = 3, hidden: int = 4) -> Snapshot:
    return moment(model, made_data(1 if model == "univariate" else n, 17), hidden=hidden, batch_size=batch_size)


@pytest.mark.parametrize("model", ALL_MODELS)
def test_that_every_edge_leads_on_and_every_parameter_has_a_node(model: str) -> None:
    graph = graph_of(model)
    for start, end in graph.edges:
        assert graph[start].step < graph[end].step or graph[start].side != 0
    parameters = {node.name for node in graph.nodes if node.kind == "parameter"}
    assert parameters == {block.name for block in MODELS[model](1, 2).layout.blocks}
    ends = {start for start, _ in graph.edges}
    assert [node.name for node in graph.nodes if node.name not in ends] == ["L"]
    places = [(node.step, node.side) for node in graph.nodes]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("model", ALL_MODELS)
def test_that_every_term_of_the_walk_lights_something_and_no_term_nothing(model: str) -> None:
    graph = graph_of(model)
    seen = [lit_by(graph, term) for term in walk_names(MODELS[model](1, 2))]
    assert all(lit != Lit() for lit in seen)
    assert lit_by(graph, "") == Lit()
    assert lit_by(graph, INCREMENT) == lit_by(graph, MOVE)
    assert lit_by(graph, "dL/dyhat").backward == {("yhat", "L")}
    assert lit_by(graph, "residual").forward == {("yhat", "L"), ("y", "L")}


def test_that_the_way_goes_through_the_sigmoid() -> None:
    graph = graph_of("two-layer-sigmoid")
    assert lit_by(graph, "A").forward == {("Z", "σ"), ("σ", "A")}
    assert lit_by(graph, "dL/dZ").backward == {("Z", "σ"), ("σ", "A")}
    assert lit_by(graph, "dL/dZ").gradients == {"Z"}
    assert lit_by(graph_of("two-layer-linear"), "dL/dZ").backward == {("Z", "yhat")}


@pytest.mark.parametrize("model", ALL_MODELS)
@pytest.mark.parametrize("batch_size", [None, 5])
def test_that_every_nodes_numbers_are_the_cores(model: str, batch_size: int | None) -> None:
    shown = a_moment(model, batch_size)
    here = passes_of(shown)
    seen = moment_of(shown, here)
    X, y = shown.problem.data.examples(here.examples)
    terms = {term.name: term.value for term in passes(shown.problem.model, shown.theta, X, y)}
    for name in ("Z", "A", "yhat", "L"):
        if name in terms:
            assert seen.values[name] == pytest.approx(terms[name], rel=1e-13)
    for name, value in terms.items():
        if name.startswith("dL/d"):
            assert seen.gradients[name[4:]] == pytest.approx(value, rel=1e-13, abs=1e-15)
    yhat = seen.reading("yhat")
    assert yhat.shape == (1, X.shape[1])
    assert yhat.value is not None
    assert yhat.value.kind == "mean"
    assert yhat.value.low == yhat.value.high == pytest.approx(float(terms["yhat"].mean()), rel=1e-13)
    assert float(seen.gradients["L"]) == 1.0
    if "W1" in seen.values:
        reading = seen.reading("W1")
        assert reading.shape == (4, 3)
        assert reading.value == Amount("range", float(seen.values["W1"].min()), float(seen.values["W1"].max()))


@pytest.mark.parametrize("model", ALL_MODELS)
def test_that_a_picked_example_has_its_own_numbers_which_sum_to_those_of_all(model: str) -> None:
    shown = a_moment(model)
    here = passes_of(shown)
    whole = moment_of(shown, here)
    alone = [moment_of(replace(shown, example=i), here) for i in range(17)]
    assert sum(float(one.values["L"]) for one in alone) == pytest.approx(float(whole.values["L"]))
    for block in shown.problem.model.layout.blocks:
        parts = np.sum([one.gradients[block.name] for one in alone], axis=0)
        assert parts == pytest.approx(whole.gradients[block.name], rel=1e-11, abs=1e-15)
    assert [one.values["yhat"][0, 0] for one in alone] == pytest.approx(whole.values["yhat"][0], rel=1e-13)
    assert [one.gradients["yhat"][0, 0] for one in alone] == pytest.approx(whole.gradients["yhat"][0], rel=1e-12)
    assert alone[3].reading("yhat").value == Amount("number", *[float(alone[3].values["yhat"][0, 0])] * 2)


def test_that_an_example_outside_of_the_batch_has_values_but_no_gradients() -> None:
    shown = a_moment("univariate", 5)
    here = passes_of(shown)
    outside = next(i for i in range(17) if i not in here.examples)
    seen = moment_of(replace(shown, example=outside), here)
    assert not seen.gradients
    assert float(seen.values["y"][0, 0]) == shown.problem.data.y[0, outside]


@pytest.mark.parametrize("far", [0.0, 26.0, -2e3])
def test_that_a_mean_that_is_rounding_alone_is_zero(far: float) -> None:
    rng = np.random.default_rng(5)
    X = far + rng.normal(size=(3, 442)) * np.array([[1.0], [4.0], [1e6]])
    data = standardised(Dataset(X, rng.normal(150.0, 70.0, (1, 442)), ("a", "b", "c"), "y"), target=True)
    assert np.any(data.X.mean(axis=1) != 0.0), "nothing is rounded here"
    np.testing.assert_array_equal(means_of(data.X, axis=1), 0.0)
    assert amount_of(data.y, True) == Amount("mean", 0.0, 0.0)
    shown = moment("two-layer-linear", data, hidden=4)
    seen = moment_of(shown, passes_of(shown))
    network = network_of(shown.problem.model.layout, 3, 4)
    assert unit_numbers(network, seen, False)[network.layer("inputs")[:-1]].tolist() == [0.0] * 3


def test_that_a_small_mean_is_told_as_it_is() -> None:
    small = np.array([1e-14, 3e-14])
    assert means_of(small) == small.mean()
    near = np.array([1.0, -1.0, 1.0, -1.0 + 1e-10])
    assert means_of(near) == near.mean() != 0.0
    with np.errstate(all="ignore"):
        assert np.isinf(means_of(np.array([np.inf, 1.0])))
        assert np.isnan(means_of(np.array([np.nan, 1.0])))


# -- units and weights ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ALL_MODELS)
def test_that_every_parameter_is_a_link_between_the_units_of_its_name(model: str) -> None:
    shown = a_moment(model)
    built = shown.problem.model
    network = network_of(built.layout, built.n, built.k)
    assert sorted(link.entry for link in network.links) == list(range(built.layout.size))
    for link in network.links:
        name = built.layout.scalar_names[link.entry]
        start, end = network.units[link.start], network.units[link.end]
        if name.startswith("W1"):
            assert name == f"W1[{end.place},{start.place}]"
            assert (start.layer, end.layer) == ("inputs", "hidden")
        elif name.startswith("b"):
            assert start.kind == "bias"
        elif built.has_hidden or built.n > 1:
            assert name.endswith(f"[{start.place}]")
            assert end.layer == "output"


@pytest.mark.parametrize(("n", "k"), [(10, 16), (11, 17), (30, 200)])
def test_that_what_has_no_room_is_counted(n: int, k: int) -> None:
    model = MODELS["two-layer-sigmoid"](n, k)
    network = network_of(model.layout, n, k)
    for layer, count, most in (("inputs", n, MOST_INPUTS), ("hidden", k, MOST_HIDDEN)):
        units = [network.units[i] for i in network.layer(layer)]  # type: ignore[arg-type]
        alone = sum(unit.kind == "unit" for unit in units)
        rest = sum(unit.more for unit in units)
        assert alone + rest == count
        assert len(units) <= most + 1  # and the constant 1
        assert (rest > 0) == (count > most)
    bundles = [link for link in network.links if link.entry < 0]
    assert bool(bundles) == (n > MOST_INPUTS)
    vector = np.arange(float(model.layout.size))
    numbers = link_numbers(network, vector)
    assert np.isnan(numbers).sum() == len(bundles)
    assert all(number == link.entry for number, link in zip(numbers, network.links, strict=True) if link.entry >= 0)


def test_that_units_have_the_mean_of_what_they_put_out_and_the_sum_of_their_gradients() -> None:
    shown = a_moment("two-layer-sigmoid")
    here = passes_of(shown)
    built, seen = shown.problem.model, moment_of(shown, here)
    network = network_of(built.layout, built.n, built.k)
    terms = {t.name: t.value for t in passes(built, shown.theta, shown.problem.data.X, shown.problem.data.y)}
    values, gradients = unit_numbers(network, seen, False), unit_numbers(network, seen, True)
    hidden = network.layer("hidden")[:-1]
    assert values[hidden] == pytest.approx(terms["A"].mean(axis=1))
    assert gradients[hidden] == pytest.approx(terms["dL/dZ"].sum(axis=1))
    assert values[network.layer("inputs")[:-1]] == pytest.approx(shown.problem.data.X.mean(axis=1))
    assert np.isnan(gradients[network.layer("inputs")]).all()
    assert gradients[-1] == pytest.approx(terms["dL/dyhat"].sum())
    one = moment_of(replace(shown, example=4), here)
    assert unit_numbers(network, one, False)[hidden] == pytest.approx(terms["A"][:, 4])
    assert unit_numbers(network, one, True)[hidden] == pytest.approx(terms["dL/dZ"][:, 4])
