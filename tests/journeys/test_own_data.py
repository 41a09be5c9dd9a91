"""Data of one's own in the window: previewed, asked about, pasted, typed, edited, saved."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow
import pytest
from pyarrow import parquet
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer
from landscape_app.cli import main
from landscape_app.questions import Question
from landscape_app.views.preview import PreviewDialog

Settle = Callable[[], None]
GERMAN = "Länge;Gewicht;Farbe\nm;kg;\n1.234,5;2,5;rot\n1.100,0;3,25;blau\n987,5;2,75;rot\n1.020,25;;grün\n"


def shown_preview(explorer: Explorer, qtbot: QtBot, *, whole: bool = True) -> PreviewDialog:
    qtbot.waitUntil(lambda: explorer.desk.preview is not None)
    preview = explorer.desk.preview
    assert preview is not None
    if whole:
        qtbot.waitUntil(lambda: preview.table is not None)
    return preview


def opened(explorer: Explorer, qtbot: QtBot, kind: str = "file") -> None:
    qtbot.waitUntil(lambda: explorer.session.snapshot.experiment.data.kind == kind)


def choose(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Let the file dialog, which is the system's, answer with ``path``."""

    def chosen(*_: object, **__: object) -> tuple[str, str]:
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", chosen)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)


def test_that_a_german_file_is_previewed_and_opened(
    explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "messung.csv").write_text(GERMAN, encoding="latin-1")
    choose(monkeypatch, tmp_path / "messung.csv")
    before = explorer.session.snapshot.experiment
    qtbot.keyClick(explorer.window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    preview = shown_preview(explorer, qtbot)
    assert explorer.session.snapshot.experiment is before
    assert "Semicolon" in preview.summary.text()
    qtbot.keyClick(preview, Qt.Key.Key_Return)
    opened(explorer, qtbot)
    settle()
    data = explorer.session.snapshot.problem.data
    assert data.X.tolist() == [[1234.5, 1100.0, 987.5]]
    assert data.y.tolist() == [[2.5, 3.25, 2.75]]
    assert (data.feature_names, data.target_name, data.units) == (("Länge",), "Gewicht", ("m", "kg"))
    explorer.session.undo()
    assert explorer.session.snapshot.experiment == before


def test_that_a_doubt_is_asked_and_answered(explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "doubt.csv"
    path.write_text("x;y\n1.234;2.100\n3.456;4.200\n5.678;6.300\n", encoding="utf-8")
    explorer.open_path(str(path))
    preview = shown_preview(explorer, qtbot, whole=False)
    qtbot.waitUntil(lambda: bool(preview.doubts.buttons))
    assert not preview.open_button.isEnabled()
    thousands = next(button for button in preview.doubts.buttons if "1234" in button.text())
    qtbot.mouseClick(thousands, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(preview.open_button.isEnabled)
    qtbot.mouseClick(preview.open_button, Qt.MouseButton.LeftButton)
    opened(explorer, qtbot)
    settle()
    assert explorer.session.snapshot.problem.data.X.tolist() == [[1234.0, 3456.0, 5678.0]]
    assert explorer.session.snapshot.experiment.data.reading.decimal == "comma"


def test_that_a_correction_changes_the_table(explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("group,y\n1,2.5\n2,3.5\n1,4.5\n3,0.5\n", encoding="utf-8")
    explorer.desk.preview_file(str(tmp_path / "codes.csv"))
    preview = shown_preview(explorer, qtbot)
    preview.preview.kind_changed.emit("group", "words")
    qtbot.waitUntil(lambda: preview.table is not None and bool(preview.table.column("group").categories))
    preview.choice.features.set_chosen({"group"})
    preview.choice.edited.emit()
    preview.accept()
    opened(explorer, qtbot)
    settle()
    data = explorer.session.snapshot.problem.data
    assert data.feature_names == ("group=1", "group=2", "group=3")
    assert data.X.tolist() == [[1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]]


def test_that_cells_are_pasted_from_a_spreadsheet(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("dose\teffect\n1\t2.5\n2\t4.5\n3\t6.25\n")
    explorer.menus.actions["paste"].trigger()
    shown_preview(explorer, qtbot).accept()
    opened(explorer, qtbot, "table")
    settle()
    data = explorer.session.snapshot.problem.data
    assert data.y.tolist() == [[2.5, 4.5, 6.25]]
    assert explorer.session.snapshot.undo == "data"


def test_that_an_empty_clipboard_says_what_to_do(explorer: Explorer, settle: Settle) -> None:
    QGuiApplication.clipboard().clear()
    explorer.menus.actions["paste"].trigger()
    assert "copy cells" in explorer.session.snapshot.notice.text


def test_that_a_value_is_edited_saved_and_read_again(
    explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle()
    before = explorer.session.snapshot.problem.data
    explorer.menus.actions["edit_data"].trigger()
    editor = explorer.desk.editor
    assert editor is not None
    model = editor.view.model()
    assert model.setData(model.index(3, 1), "7.5", Qt.ItemDataRole.EditRole)
    editor.accept()
    opened(explorer, qtbot, "table")
    settle()
    data = explorer.session.snapshot.problem.data
    assert explorer.session.snapshot.undo == "data.table"
    assert data.title.endswith("edited")
    assert data.y[0, 3] == 7.5
    expected = before.y.copy()
    expected[0, 3] = 7.5
    assert np.array_equal(data.y, expected)
    assert np.array_equal(data.X, before.X)
    choose(monkeypatch, tmp_path / "edited.csv")
    explorer.menus.actions["save_data"].trigger()
    qtbot.waitUntil(lambda: (tmp_path / "edited.csv").exists())
    explorer.open_path(str(tmp_path / "edited.csv"))
    opened(explorer, qtbot)
    settle()
    again = explorer.session.snapshot.problem.data
    assert np.array_equal(again.X, data.X)
    assert np.array_equal(again.y, data.y)


def test_that_generated_data_are_saved_before_they_were_standardised(
    explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path
) -> None:
    settle()
    raw = explorer.session.snapshot.problem.data
    explorer.session.configure(
        explorer.session.snapshot.wanted.but(data=explorer.session.snapshot.wanted.data.but(scale="both"))
    )
    qtbot.waitUntil(lambda: explorer.session.snapshot.problem.data.scaling is not None)
    explorer.desk.save(tmp_path / "raw.csv")
    qtbot.waitUntil(lambda: (tmp_path / "raw.csv").exists())
    rows = np.loadtxt(tmp_path / "raw.csv", delimiter=",", skiprows=1)
    assert np.array_equal(rows.T, np.vstack([raw.X, raw.y]))


BAD = {
    "empty.csv": b"",
    "header.csv": b"x,y\n",
    "one.csv": b"x\n1\n2\n",
    "words.csv": b"a,b\nx,y\nz,w\n",
    "ragged.csv": b"x,y\n1,2\n3\n",
    "inf.csv": b"x,y\n1,2\n3,inf\n",
    "nul.csv": b"x,y\n1,2\n3,\0\n",
    "huge.csv": b'x,y\n1,"' + b"9" * 10_000_000 + b'"\n',
    "constant.csv": b"x,y\n1,2\n3,2\n",
    "broken.xlsx": b"PK\x03\x04 no",
    "old.xls": b"\xd0\xcf\x11\xe0 old",
    "broken.parquet": b"PAR1 no",
    "broken.npy": b"\x93NUMPY no",
    "nested.json": b'[{"x": 1, "y": [1]}, {"x": 2, "y": 3}]',
}


@pytest.mark.parametrize("name", [*BAD, "folder", "nowhere.csv"])
def test_that_a_bad_file_gets_a_sentence_and_the_data_stay(
    name: str, explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path
) -> None:
    settle()
    before = explorer.session.snapshot
    if name == "folder":
        (tmp_path / name).mkdir()
    elif name in BAD:
        (tmp_path / name).write_bytes(BAD[name])
    explorer.open_path(str(tmp_path / name))
    qtbot.waitUntil(lambda: getattr(explorer.session.snapshot.notice, "kind", "") == "error")
    shown = explorer.session.snapshot
    assert shown.notice.text.endswith(".")
    assert name.split(".")[0] in shown.notice.text
    assert shown.problem is before.problem
    assert shown.wanted == before.experiment
    assert shown.undo == ""


def test_that_a_dropped_file_is_opened(explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "d.tsv").write_text("x\ty\n1\t2\n2\t3.5\n", encoding="utf-8")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "d.tsv"))])
    drop = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    explorer.window.dropEvent(drop)
    opened(explorer, qtbot)
    settle()
    assert explorer.session.snapshot.problem.data.m == 2
    assert str(tmp_path / "d.tsv") in explorer.store.current.recent


def test_that_reading_can_be_stopped(explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    np.savetxt(tmp_path / "long.txt", rng.normal(size=(150_000, 4)), header="a b c y")
    settle()
    before = explorer.session.snapshot.experiment
    explorer.open_path(str(tmp_path / "long.txt"))
    stop = explorer.window.status.stop_button
    qtbot.waitUntil(lambda: "%" in explorer.session.snapshot.loading and stop.isVisible())
    qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert explorer.session.snapshot.loading == ""
    assert explorer.session.snapshot.wanted == before
    assert "stopped" in explorer.session.snapshot.notice.text


# -- every form, in the window and by the command line ---------------------------------------------------------------

X = [1.5, -2.25, 1234.5, 0.001]
Y = [3.0, 4.125, -5.5, 1e-9]


def _lines(sign: str, spelled: Callable[[float], str], end: str = "\n", head: str = "x{0}y") -> str:
    rows = [head.format(sign), *(spelled(x) + sign + spelled(y) for x, y in zip(X, Y, strict=True))]
    return end.join(rows) + end


def _german(value: float) -> str:
    return f"{value:,.12f}".translate(str.maketrans(",.", ".,"))


def write_form(form: str, folder: Path) -> Path:
    """Write the table of X and Y in one of the forms that people have."""
    texts = {
        "comma.csv": _lines(",", repr),
        "tab.tsv": _lines("\t", repr, "\r\n"),
        "semicolon.csv": _lines(";", _german),
        "bar.txt": _lines("|", repr, "\r"),
        "blank.dat": "# measured on Monday\n" + _lines("   ", lambda v: f"{v:.17E}".replace("E", "D")),
        "swiss.csv": _lines(";", lambda v: f"{v:,.12f}".replace(",", "'")),
        "french.csv": _lines(";", lambda v: f"{v:,.12f}".replace(",", "\u202f").replace(".", ",")),
        "minus.csv": _lines(",", lambda v: repr(v).replace("-", "\u2212") if v < 0 else "+" + repr(v)),
        "units.csv": _lines(",", repr, head="x{0}y\nkm{0}kg"),
        "quoted.csv": _lines(",", lambda v: f'"{v!r}"'),
        "nameless.csv": _lines(",", repr).partition("\n")[2],
    }
    path = folder / form
    if form in texts:
        path.write_bytes(texts[form].encode())
    elif form.startswith("utf16"):
        encoding = form.removesuffix(".csv").replace("utf16", "utf-16")
        path.write_bytes(_lines(";", _german, head="größe{0}y").encode(encoding))
    elif form == "latin.csv":
        path.write_bytes(_lines(";", _german, head="größe{0}y").encode("latin-1"))
    elif form == "book.xlsx":
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active.append(["x", "y"])
        for x, y in zip(X, Y, strict=True):
            book.active.append([x, y])
        book.save(path)
    elif form == "records.json":
        path.write_text(json.dumps([{"x": x, "y": y} for x, y in zip(X, Y, strict=True)]), encoding="utf-8")
    elif form == "columns.parquet":
        parquet.write_table(pyarrow.table({"x": X, "y": Y}), path)
    elif form == "array.npy":
        np.save(path, np.stack([X, Y], axis=1))
    else:
        np.savez(path, X=np.array(X)[:, np.newaxis], y=np.array(Y))
    return path


FORMS = (
    "comma.csv", "tab.tsv", "semicolon.csv", "bar.txt", "blank.dat", "swiss.csv", "french.csv", "minus.csv",
    "units.csv", "quoted.csv", "nameless.csv", "utf16.csv", "utf16-le.csv", "utf16-be.csv", "latin.csv", "book.xlsx",
    "records.json", "columns.parquet", "array.npy", "arrays.npz",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_that_every_form_opens_right_in_the_window_and_by_render(
    form: str, explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path
) -> None:
    path = write_form(form, tmp_path)
    explorer.open_path(str(path))
    opened(explorer, qtbot)
    settle()
    data = explorer.session.snapshot.problem.data
    assert data.X.tolist() == [X]
    assert data.y.tolist() == [Y]
    assert explorer.session.snapshot.experiment.data.name == form
    options = ["--formats", "none", "--iterations", "1", "--grid", "3", "--start", str(tmp_path / "start.json")]
    (tmp_path / "start.json").write_text('{"w": 0, "b": 0}', encoding="utf-8")
    assert main(["render", "--out", str(tmp_path / "out"), "--data", str(path), *options]) == 0
    head, first = (tmp_path / "out" / "trajectory.csv").read_text(encoding="utf-8").splitlines()[:2]
    row = dict(zip(head.split(","), map(float, first.split(",")), strict=True))
    assert row["loss"] == pytest.approx(sum(y * y for y in Y) / 4, rel=1e-14)
    assert row["dL/dw"] == pytest.approx(-2 / 4 * sum(x * y for x, y in zip(X, Y, strict=True)), rel=1e-14)


@pytest.mark.parametrize("name", [*BAD, "folder", "nowhere.csv"])
def test_that_a_bad_file_is_refused_by_render_too(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if name == "folder":
        (tmp_path / name).mkdir()
    elif name in BAD:
        (tmp_path / name).write_bytes(BAD[name])
    assert main(["render", "--out", str(tmp_path / "out"), "--data", str(tmp_path / name)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert name.split(".")[0] in said.err
    assert not (tmp_path / "out").exists()


def test_that_a_wrong_correction_leaves_no_table_of_another_reading(
    explorer: Explorer, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "semi.csv").write_text("x;y\n1;2\n2;3\n3;5\n", encoding="utf-8")
    explorer.desk.preview_file(str(tmp_path / "semi.csv"))
    preview = shown_preview(explorer, qtbot)
    assert preview.preview.view.model().columnCount() == 2
    preview.settings.edited.emit(preview.reading.model_copy(update={"delimiter": "comma"}))
    qtbot.waitUntil(lambda: "one column" in preview.state.text())
    assert preview.preview.view.model().columnCount() == 0
    assert preview.summary.text() == "It can't be read like this."
    assert not preview.open_button.isEnabled()
    preview.settings.edited.emit(preview.reading.model_copy(update={"delimiter": None}))
    qtbot.waitUntil(preview.open_button.isEnabled)
    assert preview.preview.view.model().columnCount() == 2
    preview.reject()


def test_that_closing_asks_about_data_that_exist_nowhere_else(
    explorer: Explorer, settle: Settle, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    QGuiApplication.clipboard().setText("dose\teffect\n1\t2.5\n2\t4.5\n")
    explorer.menus.actions["paste"].trigger()
    preview = shown_preview(explorer, qtbot)
    assert not preview.settings.encoding.isVisible()  # a text has none any more
    preview.accept()
    opened(explorer, qtbot, "table")
    settle()

    def asked() -> Question:
        qtbot.waitUntil(lambda: bool(explorer.window.findChildren(Question)))
        question: Question = explorer.window.findChildren(Question)[-1]
        return question

    explorer.window.close()
    choose(monkeypatch, Path())  # the file dialog is cancelled
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    asked().choices["save"].click()
    qtbot.waitUntil(lambda: not explorer.window.findChildren(Question))
    assert explorer.window.isVisible()
    choose(monkeypatch, tmp_path / "work.json")
    explorer.window.close()
    asked().choices["save"].click()
    qtbot.waitUntil(lambda: not explorer.window.isVisible())
    assert json.loads((tmp_path / "work.json").read_text(encoding="utf-8"))["data"]["kind"] == "table"
