"""Tables inside of experiments, and what a session takes along of a file."""

import hashlib
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from landscape_app.core.errors import DataError
from landscape_app.session import packing
from landscape_app.session.config import (
    DataConfig,
    Experiment,
    ModelConfig,
    PlaneConfig,
    RivalConfig,
    RunConfig,
    SavedSession,
    StartConfig,
    ViewConfig,
)
from landscape_app.session.embedded import EmbeddedColumn, EmbeddedTable, Numbers
from landscape_app.session.files import is_session, read_session, session_text, write_session
from landscape_app.session.packing import file_sha256, packed, packed_data, source_trouble
from landscape_app.session.prepare import prepare
from landscape_app.session.problem import load_data

CELLS = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))


@given(values=st.lists(CELLS, min_size=1, max_size=6), words=st.lists(st.none() | st.text(max_size=5), max_size=6))
def test_that_a_table_comes_back_from_json_to_the_last_bit(values: list[float | None], words: list[str | None]) -> None:
    numbers = EmbeddedColumn(name="a", unit="km", numbers=Numbers(values))
    padded = tuple((words + [None] * len(values))[: len(values)])
    table = EmbeddedTable(columns=(numbers, EmbeddedColumn(name="b", words=padded)))
    experiment = Experiment(data=DataConfig(kind="table", name="mine", table=table))
    again = Experiment.model_validate_json(session_text(experiment, Path()), strict=True)
    assert again == experiment
    assert again.data.table is not None
    column = again.data.table.columns[0].numbers
    assert column is not None
    expected = [math.nan if value is None else value for value in values]
    assert column.array.tobytes() == np.array(expected).tobytes()
    assert not column.array.flags.writeable


@pytest.mark.parametrize(
    "columns",
    [
        [],
        [{"name": "a"}],
        [{"name": "a", "numbers": [1.0], "words": ["x"]}],
        [{"name": "a", "numbers": [1.0]}, {"name": "b", "numbers": [1.0, 2.0]}],
        [{"name": "a", "numbers": [1.0]}, {"name": "a", "numbers": [2.0]}],
        [{"name": "a", "numbers": [math.inf]}],
        [{"name": "a", "numbers": ["1"]}],
    ],
)
def test_that_a_table_that_is_none_is_refused(columns: object) -> None:
    with pytest.raises(ValidationError):
        EmbeddedTable.model_validate_json(json.dumps({"columns": columns}), strict=True)


def test_that_words_become_categories() -> None:
    table = EmbeddedTable(
        columns=(
            EmbeddedColumn(name="y", numbers=Numbers([1.0, None, 3.0])),
            EmbeddedColumn(name="colour", words=("red", None, "blue")),
        )
    ).table("mine")
    colour = table.column("colour")
    assert colour.categories == ("blue", "red")
    assert colour.codes is not None
    assert colour.codes.tolist() == [1, -1, 0]
    assert EmbeddedTable.of(table).table("mine").column("colour").codes.tolist() == [1, -1, 0]  # type: ignore[union-attr]


def csv(path: Path, rows: int) -> DataConfig:
    path.write_text("x,y\n" + "".join(f"{i}.5,{i * i}\n" for i in range(rows)), encoding="utf-8")
    return DataConfig(kind="file", name=path.name, path=str(path))


def test_that_small_data_are_taken_along_and_equal(tmp_path: Path) -> None:
    data = csv(tmp_path / "small.csv", 40)
    made = prepare(Experiment(data=data))
    write_session(packed(made.experiment, made.problem, made.timeline, ViewConfig(cursor=0)), tmp_path / "s.json")
    (tmp_path / "small.csv").unlink()
    again = read_session(tmp_path / "s.json")
    assert source_trouble(again.data) is None
    loaded = load_data(again.data)
    assert np.array_equal(loaded.data.X, made.problem.data.X)
    assert np.array_equal(loaded.data.y, made.problem.data.y)
    assert again.run.iterations == 0


def test_that_large_data_are_referred_to_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "EMBEDDED_CELLS", 10)
    path = tmp_path / "large.csv"
    data = csv(path, 40)
    table = load_data(data).table
    kept = packed_data(data, table)
    assert kept.table is None
    assert kept.sha256 == hashlib.sha256(path.read_bytes()).hexdigest() == file_sha256(path)
    assert source_trouble(kept) is None
    path.write_text(path.read_text(encoding="utf-8").replace("3.5,9", "3.5,8"), encoding="utf-8")
    trouble = source_trouble(kept)
    assert trouble is not None
    assert trouble.kind == "changed"
    with pytest.raises(DataError, match="was changed since it was read"):
        packed_data(data, table)
    path.unlink()
    trouble = source_trouble(kept)
    assert trouble is not None
    assert trouble.kind == "missing"
    with pytest.raises(DataError, match="is gone"):
        packed_data(data, table)


def test_that_the_first_version_is_still_read(tmp_path: Path) -> None:
    content = {"version": 1, "data": {"kind": "bundled", "name": "galton"}, "run": {"iterations": 7}}
    (tmp_path / "old.json").write_text(json.dumps(content), encoding="utf-8")
    session = read_session(tmp_path / "old.json")
    assert isinstance(session, SavedSession)
    assert session.experiment == Experiment(
        data=DataConfig(kind="bundled", name="galton"), run=session.run.but(iterations=7)
    )
    assert session.view == ViewConfig()


def test_that_sessions_are_told_from_records(tmp_path: Path) -> None:
    for name, text, expected in (
        ("a", session_text(Experiment(), tmp_path), True),
        ("b", "\ufeff" + session_text(Experiment(), tmp_path), True),
        ("c", '[{"version": 1, "y": 2}]', False),
        ("d", '{"x": [1], "y": [2]}', False),
        ("e", "x,y\n1,2\n", False),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert is_session(tmp_path / name) == expected
    assert not is_session(tmp_path)
    assert not is_session(tmp_path / "nowhere")


def test_that_all_of_an_experiment_goes_along(tmp_path: Path) -> None:
    """One field of another value each: what is new in an experiment can't be forgotten here."""
    run = RunConfig(optimizer="adam", hyper={"learning_rate": 0.1}, batch_size=7, iterations=0)
    full = Experiment(
        data=DataConfig(seed=5),
        model=ModelConfig(name="two-layer-sigmoid", hidden=2),
        start=StartConfig(method="xavier", seed=3),
        run=run,
        name="mine",
        plane=PlaneConfig(grid=65),
        rivals=(RivalConfig(name="other", start=StartConfig(method="zeros"), run=RunConfig(), look=2, visible=False),),
    )
    plain = Experiment()
    unset = {name for name in Experiment.model_fields if getattr(full, name) == getattr(plain, name)}
    assert unset == {"version"}
    made = prepare(full)
    write_session(
        packed(made.experiment, made.problem, made.timeline, ViewConfig(race_by="epoch")), tmp_path / "s.json"
    )
    again = read_session(tmp_path / "s.json")
    assert again.experiment == made.experiment
    assert again.view.race_by == "epoch"
