"""The data in the hand: what a change leaves alone, and what it changes, in the table's own units."""

from typing import Any

import numpy as np
import pytest

from landscape_app.core.errors import DataError
from landscape_app.session.config import DataConfig, ModelConfig
from landscape_app.session.embedded import EmbeddedTable
from landscape_app.session.held import HeldData, held_data
from landscape_app.session.problem import build_problem, load_data


def held(config: DataConfig) -> HeldData:
    return held_data(build_problem(load_data(config), ModelConfig(name="multivariate")), config)


def typed(**settings: Any) -> DataConfig:
    """Return a table with gaps: rows 1 and 4 are no examples if rows with gaps are dropped."""
    columns = [
        {"name": "x", "unit": "m", "numbers": [1.0, None, 3.0, 4.0, 5.0, 7.0]},
        {"name": "word", "words": ["a", "b", "a", None, "b", "a"]},
        {"name": "y", "numbers": [2.0, 4.0, 6.5, 8.0, None, 13.0]},
    ]
    table = EmbeddedTable.model_validate({"columns": columns})
    return DataConfig(kind="table", name="typed", table=table, target="y", **settings)


@pytest.mark.parametrize("scale", ["none", "standard", "both"])
@pytest.mark.parametrize(
    "config", [DataConfig(name="line", examples=12), typed(), DataConfig(kind="bundled", name="galton")]
)
def test_that_a_moved_example_is_elsewhere_and_all_others_are_where_they_were(config: DataConfig, scale: Any) -> None:
    config = config.but(scale=scale)
    before = held(config)
    old, raw = load_data(config).data, load_data(config.but(scale="none")).data
    changed, table = before.moved(2, float(old.X[0, 2]) + 0.5, float(old.y[0, 2]) - 0.25)
    after = load_data(changed.but(scale="none"), table).data
    others = np.arange(old.m) != 2
    assert np.array_equal(after.X[:, others], raw.X[:, others])
    assert np.array_equal(after.y[:, others], raw.y[:, others])
    # Standardised anew, with it, the example lies where it was put.
    shown, reach = load_data(changed, table).data, 0.95 * np.sqrt(old.m - 1)
    wanted = float(old.X[0, 2]) + 0.5, float(old.y[0, 2]) - 0.25
    x, y = (min(max(place, -reach), reach) for place in wanted)
    assert shown.X[0, 2] == pytest.approx(wanted[0] if scale == "none" else x, rel=1e-9)
    assert shown.y[0, 2] == pytest.approx(y if scale == "both" else wanted[1], rel=1e-9)
    assert (changed.kind, changed.scale, changed.missing) == ("table", scale, config.missing)
    assert changed.name == config.name if config.kind == "table" else changed.name.endswith(", edited")
    assert after.feature_names == raw.feature_names
    assert after.units == raw.units


def test_that_the_target_alone_moves_where_there_are_several_features() -> None:
    config = DataConfig(kind="bundled", name="diabetes", scale="standard")
    before, raw = held(config), load_data(config.but(scale="none")).data
    changed, table = before.moved(7, None, 100.0)
    after = load_data(changed.but(scale="none"), table).data
    assert after.y[0, 7] == 100.0
    assert np.array_equal(after.X, raw.X)


def test_that_rows_with_gaps_stay_and_examples_find_their_rows() -> None:
    before = held(typed())
    assert before.rows.tolist() == [0, 2, 3, 5]
    changed, table = before.moved(1, 30.0, 60.0)
    np.testing.assert_array_equal(table.numbers("x"), [1.0, np.nan, 30.0, 4.0, 5.0, 7.0])
    np.testing.assert_array_equal(table.numbers("y"), [2.0, 4.0, 60.0, 8.0, np.nan, 13.0])
    assert changed.table is not None
    assert changed.table.columns[1].words == ("a", "b", "a", None, "b", "a")
    filled = held(typed(missing="mean"))
    assert filled.rows.tolist() == [0, 1, 2, 3, 5]


def test_that_an_example_is_added_at_the_end_and_one_taken_away() -> None:
    before = held(typed())
    more, table = before.added(9.0, 18.0)
    assert load_data(more, table).data.X[0].tolist() == [1.0, 3.0, 4.0, 7.0, 9.0]
    assert more.table is not None
    assert more.table.columns[1].words == ("a", "b", "a", None, "b", "a", None)
    fewer, table = before.without(1)
    assert load_data(fewer, table).data.y[0].tolist() == [2.0, 8.0, 13.0]
    assert table.rows == 5
    assert fewer.table is not None
    assert fewer.table.columns[1].words == ("a", "b", None, "b", "a")


def test_that_two_examples_are_the_fewest() -> None:
    table = EmbeddedTable.model_validate(
        {"columns": [{"name": "x", "numbers": [1.0, 2.0]}, {"name": "y", "numbers": [1.0, 3.0]}]}
    )
    with pytest.raises(DataError, match="add others first"):
        held(DataConfig(kind="table", name="two", table=table)).without(0)


@pytest.mark.parametrize("place", [2.0, -1.5, 40.0])
def test_that_a_standardised_example_stays_where_it_is_put_however_often(place: float) -> None:
    """Each move of a mouse puts it there again: the raw value depends on the place, not on the number of moves."""
    config = DataConfig(name="line", examples=8, scale="both")
    before = held(config)
    table, raws = before.table, []
    reach = 0.95 * np.sqrt(7.0)
    for _ in range(25):
        config, table = before.moved(0, place, -1.0)
        before = held_data(build_problem(load_data(config, table), ModelConfig()), config)
        assert before.data.X[0, 0] == pytest.approx(min(max(place, -reach), reach), rel=1e-9)
        assert before.data.y[0, 0] == pytest.approx(-1.0, rel=1e-9)
        raws.append(float(load_data(config.but(scale="none"), table).data.X[0, 0]))
    assert raws == pytest.approx([raws[0]] * 25, rel=1e-9)


def test_that_an_example_is_added_where_it_is_put_in_standardised_data() -> None:
    before = held(DataConfig(name="line", examples=12, scale="both"))
    config, table = before.added(0.75, -1.25)
    data = load_data(config, table).data
    assert (data.X[0, -1], data.y[0, -1]) == pytest.approx((0.75, -1.25), rel=1e-9)


def test_that_a_feature_made_of_words_stays_and_nothing_is_added() -> None:
    columns = [{"name": "w", "words": ["a", "a", "b"]}, {"name": "y", "numbers": [2.0, 4.0, 6.0]}]
    table = EmbeddedTable.model_validate({"columns": columns})
    before = held(DataConfig(kind="table", name="typed", table=table, target="y", features=("w",)))
    config, changed = before.moved(1, 2.0, 3.0)
    after = load_data(config, changed).data
    assert after.y[0].tolist() == [2.0, 3.0, 6.0]
    assert np.array_equal(after.X, before.data.X)
    with pytest.raises(DataError, match="made of words"):
        before.added(0.5, 1.0)
