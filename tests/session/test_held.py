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
    wide = 1.0 if scale == "none" else float(raw.X.std())
    high = float(raw.y.std()) if scale == "both" else 1.0
    assert after.X[0, 2] == pytest.approx(raw.X[0, 2] + 0.5 * wide, rel=1e-9)
    assert after.y[0, 2] == pytest.approx(raw.y[0, 2] - 0.25 * high, rel=1e-9)
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
