"""Files of one's own by the command line: read, asked about, refused; sessions with their data."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landscape_app.cli import main
from landscape_app.session import packing

Render = Callable[..., int]


@pytest.fixture
def render(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Render:
    monkeypatch.chdir(tmp_path)

    def run(*words: str, out: str = "out") -> int:
        return main(["render", "--out", out, "--formats", "none", "--grid", "5", "--iterations", "3", *words])

    return run


def columns(folder: str = "out") -> dict[str, Any]:
    """Return the columns of the data that a run's session holds, by name."""
    data = json.loads(Path(folder, "session.json").read_text(encoding="utf-8"))["data"]
    return {column["name"]: column["numbers"] or column["words"] for column in data["table"]["columns"]}


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


@pytest.mark.parametrize(
    ("content", "options", "x"),
    [
        ("x;y\n1.234;2\n5.678;3\n", ["--decimal", "comma"], [1234.0, 5678.0]),
        ("x;y\n1.234;2\n5.678;3\n", ["--decimal", "."], [1.234, 5.678]),
        ("1 234,5 678\n1 234,6 789\n1 236,6 780\n", ["--delimiter", "comma"], [1234.0, 1234.0, 1236.0]),
        ("x|y\n1|2\n2|3\n", ["--delimiter", "|"], [1.0, 2.0]),
        ("2019,2020\n1,2\n2,3\n", ["--header", "yes"], [1.0, 2.0]),
        ("x,y\n1,2\n2,3\n3,4\n", ["--rows", "2"], [1.0, 2.0]),
        ("x,y\n1,2\n-999,3\n3,4\n", ["--missing-words", "-999"], [1.0, None, 3.0]),
        ("x,y\n1,2\nlow,3\n3,4\n", ["--types", "x=number"], [1.0, None, 3.0]),
    ],
)  # fmt: skip
def test_that_options_settle_how_a_file_is_read(
    content: str, options: list[str], x: list[float | None], render: Render
) -> None:
    Path("my.csv").write_text(content, encoding="utf-8")
    assert render("--data", "my.csv", *options) == 0
    assert next(iter(columns().values())) == x


def test_that_an_encoding_can_be_named(render: Render) -> None:
    Path("my.csv").write_bytes("größe,y\n1,2\n2,3.5\n".encode("cp437"))
    assert render("--data", "my.csv", "--encoding", "cp437") == 0
    assert columns()["größe"] == [1.0, 2.0]


@pytest.mark.parametrize(
    ("content", "option"),
    [
        ("x;y\n1.234;2\n5.678;3\n", "--decimal"),
        ("1 234,5 678\n1 234,6 789\n", "--delimiter"),
        ("red,1\nblue,2\nred,4\n", "--header"),
    ],
)
def test_that_doubt_is_refused_with_the_option_that_settles_it(
    content: str, option: str, render: Render, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("my.csv").write_text(content, encoding="utf-8")
    assert render("--data", "my.csv") == 2
    assert option in complaint(capsys)
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--delimiter", "x"], "comma, semicolon, tab, bar, blank"),
        (["--decimal", "dash"], "point, comma"),
        (["--encoding", "base64"], "not an encoding"),
        (["--header", "maybe"], "yes, no"),
        (["--rows", "1"], "from 2"),
        (["--types", "x=colour"], "number or words"),
    ],
)
def test_that_wrong_reading_options_are_refused(
    options: list[str], words: str, render: Render, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("my.csv").write_text("x,y\n1,2\n2,3\n", encoding="utf-8")
    assert render("--data", "my.csv", *options) == 2
    assert words in complaint(capsys)


def test_that_reading_options_are_for_files(render: Render, capsys: pytest.CaptureFixture[str]) -> None:
    assert render("--data", "galton", "--decimal", "comma") == 2
    assert "not a file" in complaint(capsys)


def test_that_words_and_a_standardised_target_run(render: Render) -> None:
    Path("my.csv").write_text("colour,size,y\nred,1,2\nblue,2,3.5\nred,3,4\nblue,4,9\n", encoding="utf-8")
    assert render("--data", "my.csv", "--features", "colour,size", "--scale", "both") == 0
    with Path("out/trajectory.csv").open(encoding="utf-8") as file:
        head = next(csv.reader(file))
    assert head[2:6] == ["w[0]", "w[1]", "w[2]", "b"]
    assert columns()["colour"] == ["red", "blue", "red", "blue"]


def large_session(render: Render, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "EMBEDDED_CELLS", 5)
    x = np.linspace(-1, 1, 20)
    np.savetxt("my.csv", np.stack([x, 2 * x + 0.25]).T, delimiter=",", header="x,y", comments="")
    assert render("--data", "my.csv") == 0


def test_that_a_session_with_large_data_is_rendered_again(render: Render, monkeypatch: pytest.MonkeyPatch) -> None:
    large_session(render, monkeypatch)
    data = json.loads(Path("out/session.json").read_text(encoding="utf-8"))["data"]
    assert data["table"] is None
    assert len(data["sha256"]) == 64
    assert render("--session", "out/session.json", out="again") == 0
    assert Path("again/trajectory.csv").read_bytes() == Path("out/trajectory.csv").read_bytes()


def test_that_changed_data_of_a_session_are_refused(
    render: Render, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    large_session(render, monkeypatch)
    Path("my.csv").write_text("x,y\n1,2\n2,3\n3,5\n", encoding="utf-8")
    capsys.readouterr()
    assert render("--session", "out/session.json", out="again") == 2
    assert "--data" in complaint(capsys)
    assert render("--session", "out/session.json", "--data", "my.csv", out="again") == 0


def test_that_missing_data_of_a_session_are_told(
    render: Render, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    large_session(render, monkeypatch)
    Path("my.csv").unlink()
    capsys.readouterr()
    assert render("--session", "out/session.json", out="again") == 2
    assert "is not there any more" in complaint(capsys)
