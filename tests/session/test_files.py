"""Session files come back as they were, and whatever else is refused in one sentence."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.core.errors import ConfigError
from landscape_app.session.config import (
    FORMAT_VERSION,
    Change,
    DataConfig,
    Experiment,
    RunConfig,
    StartConfig,
    default_experiment,
)
from landscape_app.session.files import read_session, replacing, session_text, write_session


def session(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "session.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_that_an_experiment_comes_back_equal(tmp_path: Path) -> None:
    experiment = default_experiment().but(
        run=RunConfig(
            optimizer="adam",
            hyper={"learning_rate": 0.1},
            changes=(Change(iteration=3, name="beta1", value=0.5), Change(iteration=4, name="batch_size", value=None)),
        )
    )
    write_session(experiment, tmp_path / "session.json")
    assert read_session(tmp_path / "session.json").experiment == experiment


@given(values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=4))
def test_that_every_double_comes_back_to_the_last_bit(values: list[float]) -> None:
    start = StartConfig(method="values", values={"w": tuple(values)})
    text = session_text(Experiment(start=start), Path())
    again = Experiment.model_validate_json(text, strict=True).start.values
    assert again is not None
    assert repr(again["w"]) == repr(tuple(values))


def test_that_the_data_s_path_is_kept_relative_to_the_session(tmp_path: Path) -> None:
    data, folder = tmp_path / "data" / "my.csv", tmp_path / "out" / "deep"
    data.parent.mkdir()
    folder.mkdir(parents=True)
    data.write_text("x,y\n1,2\n", encoding="utf-8")
    write_session(Experiment(data=DataConfig(kind="file", path=str(data))), folder / "session.json")
    kept = json.loads((folder / "session.json").read_text(encoding="utf-8"))["data"]["path"]
    assert kept == "../../data/my.csv"
    moved = tmp_path / "moved"
    moved.mkdir()
    (tmp_path / "out").rename(moved / "out")
    (tmp_path / "data").rename(moved / "data")
    path = read_session(moved / "out" / "deep" / "session.json").data.path
    assert path == os.path.realpath(moved / "data" / "my.csv")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("not json", "valid JSON"),
        ("", "valid JSON"),
        ("[" * 100_000, "valid JSON"),
        ([1, 2], "version"),
        ({}, "version"),
        ({"version": "1"}, "version"),
        ({"version": True}, "version"),
        ({"version": 0}, "version"),
        ({"version": FORMAT_VERSION + 1}, "newer version"),
        ({"version": 99, "unheard": "of"}, "newer version"),
        ({"version": 1, "colour": "red"}, "no setting called colour"),
        ({"version": 1, "run": {"speed": 3}}, "no setting called run.speed"),
        ({"version": 1, "run": {"iterations": "5"}}, "run.iterations is '5', but it should be a valid integer"),
        ({"version": 1, "run": {"iterations": -5}}, "greater than or equal to 0"),
        ({"version": 1, "model": {"name": "cubic"}}, "model.name is 'cubic'"),
        ({"version": 1, "model": {"hidden": 257}}, "model.hidden"),
        ({"version": 1, "plane": {"x_range": [3, 1]}}, "plane: the x range"),
        ({"version": 1, "start": {"method": "values"}}, "start"),
        ({"version": 1, "start": {"method": "values", "values": {"w": "a"}}}, "start.values.w has a value"),
        ('{"version": 1, "run": {"hyper": {"learning_rate": NaN}}}', "run.hyper.learning_rate"),
    ],
)
def test_that_a_bad_session_is_refused_in_one_sentence(content: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read_session(session(tmp_path, content))
    sentence = str(caught.value)
    assert words in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "pydantic" not in sentence.replace(str(tmp_path), "")


def test_that_a_missing_session_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        read_session(tmp_path / "nowhere.json")


def test_that_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    text = "\ufeff" + session_text(default_experiment(), tmp_path)
    assert read_session(session(tmp_path, text)).experiment == default_experiment()


def test_that_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.write_text("old", encoding="utf-8")

    def fail() -> None:
        with replacing(path) as unfinished:
            unfinished.write_text("half", encoding="utf-8")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["session.json"]
