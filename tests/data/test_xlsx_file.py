import datetime
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from landscape_app.core.errors import DataError, Stopped
from landscape_app.data import xlsx_file
from landscape_app.data.files import read_table, survey_file
from landscape_app.data.reading import DoubtError, Reading
from tests.data.dialects import put, same_bits

NAN = float("nan")


def book(folder: Path, *sheets: Sequence[Any], name: str = "my.xlsx") -> Path:
    """Write a workbook with these sheets."""
    work = openpyxl.Workbook()
    work.remove(work.worksheets[0])
    for number, rows in enumerate(sheets, start=1):
        sheet = work.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    work.save(folder / name)
    work.close()
    return folder / name


def changed(path: Path, member: str, change: Callable[[str], str]) -> Path:
    """Write a part of a workbook anew."""
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    parts[member] = change(parts[member].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_that_values_of_all_types_are_read(tmp_path: Path) -> None:
    day = datetime.datetime(2026, 5, 1)  # noqa: DTZ001 - a spreadsheet knows no zones
    rows = [
        ["n", "f", "truth", "text number", "word", "day"],
        [1, 0.1, True, "2.5", "low", day],
        [-2, 1e300, False, " 7 ", "high", day],
        [None, 5e-324, None, None, "low", None],
    ]
    path = book(tmp_path, rows)
    table = read_table(path)
    assert table.names == ("n", "f", "truth", "text number", "word", "day")
    assert table.numeric_names == ("n", "f", "truth", "text number")
    np.testing.assert_array_equal(table.numbers("n"), [1, -2, NAN])
    assert table.numbers("f").tolist() == [0.1, 1e300, 5e-324]
    np.testing.assert_array_equal(table.numbers("truth"), [1, 0, NAN])
    np.testing.assert_array_equal(table.numbers("text number"), [2.5, 7, NAN])
    assert table.column("word").categories == ("high", "low")
    assert "row 2 holds '2026-05-01" in table.column("day").obstacle
    survey = survey_file(path)
    assert (survey.form, survey.names, survey.parts) == ("xlsx", table.names, ("Sheet 1",))
    assert survey.cells[0][:4] == ("1", "0.1", "True", "2.5")
    assert survey.kinds == ("number", "number", "number", "number", "words", "words")
    assert survey.reading.part == "Sheet 1"


def test_that_numbers_come_back_to_the_last_bit(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(300, 3)) * 10.0 ** np.arange(-150, 150)[:, np.newaxis]
    rows = [[float(f"{value:.15g}") for value in row] for row in values.tolist()]  # as many digits as are written
    path = book(tmp_path, [["a", "b", "c"], *rows])
    assert same_bits(read_table(path), rows)
    assert not survey_file(path).whole


def test_that_empty_edges_and_rows_between_do_not_shift_anything(tmp_path: Path) -> None:
    rows: list[list[Any]] = [[], [None, None], [None, "x", "y"], [None, 1, 2], [None, None, None], [None, 3, 4, None]]
    table = read_table(book(tmp_path, rows))
    assert table.names == ("x", "y")
    assert same_bits(table, [[1, 2], [NAN, NAN], [3, 4]])
    with pytest.raises(DataError, match=r"\(row 6 holds 'oops' first\)|row 6 holds 'oops'"):
        read_table(book(tmp_path, [*rows[:5], [None, 3, "oops"]]))


def test_that_formulas_give_their_last_values(tmp_path: Path) -> None:
    path = book(tmp_path, [["x", "y"], [1, "=A2*2"], [2, "=A3*2"]])
    changed(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace("<v></v>", "<v>42.5</v>").replace("<v />", "<v>42.5</v>"),
    )
    assert read_table(path).numbers("y").tolist() == [42.5, 42.5]


def test_that_formulas_that_were_never_computed_are_explained(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"it has no values"):
        read_table(book(tmp_path, [["x", "y"], [1, "=A2*2"], [2, "=A3*2"]]))


def test_that_errors_in_cells_are_words_with_their_row(tmp_path: Path) -> None:
    path = book(tmp_path, [["x", "y", "z"], [1, 2, 3], [2, "#DIV/0!", 4], [3, "#N/A", 5]])
    table = read_table(path)
    assert table.numeric_names == ("x", "z")
    assert "row 3 holds '#DIV/0!'" in table.column("y").obstacle


def test_that_several_sheets_with_tables_are_asked_for(tmp_path: Path) -> None:
    first, second = [["a", "b"], [1, 2], [3, 4]], [["c", "d"], [5, 6], [7, 8]]
    path = book(tmp_path, first, [["a note"]], second)
    with pytest.raises(DoubtError, match=r'--sheet "Sheet 1" or --sheet "Sheet 3"\.') as caught:
        read_table(path)
    assert caught.value.doubts == survey_file(path).doubts
    assert survey_file(path).parts == ("Sheet 1", "Sheet 3")
    assert read_table(path, Reading(part="Sheet 3")).names == ("c", "d")
    assert read_table(path, Reading(part="Sheet 1")).names == ("a", "b")
    with pytest.raises(DataError, match=r"has no sheet called 'Sheet 2' with a table: it has 'Sheet 1', 'Sheet 3'"):
        read_table(path, Reading(part="Sheet 2"))
    assert read_table(book(tmp_path, first, [["a note"]])).names == ("a", "b")


def test_that_a_row_of_units_and_no_header_are_understood(tmp_path: Path) -> None:
    table = read_table(book(tmp_path, [["t", "v"], ["s", "m/s"], [1, 2], [3, 4]]))
    assert [column.unit for column in table.columns] == ["s", "m/s"]
    assert same_bits(table, [[1, 2], [3, 4]])
    headless = read_table(book(tmp_path, [[1, 2.5], [3, 4]]))
    assert headless.names == ("column 1", "column 2")
    assert headless.rows == 2
    doubtful = book(tmp_path, [["country", 2019, 2020], ["a", 1, 3], ["b", 2, 4]])
    with pytest.raises(DoubtError, match="--header yes or --header no"):
        read_table(doubtful)
    assert read_table(doubtful, Reading(header=True)).rows == 2


def test_that_fewer_rows_are_read_if_asked(tmp_path: Path) -> None:
    table = read_table(book(tmp_path, [["a", "b"], [1, 2], [3, 4], [5, 6], [7, 8]]), Reading(rows=2))
    assert same_bits(table, [[1, 2], [3, 4]])
    assert table.notes == ("Only the first 2 rows were read.",)


def test_that_a_number_may_mean_a_missing_value(tmp_path: Path) -> None:
    path = book(tmp_path, [["a", "b"], [1, -999], [3, 4.5], [5, "-999.0"]])
    np.testing.assert_array_equal(read_table(path, Reading(missing=("-999",))).numbers("b"), [NAN, 4.5, NAN])


def test_that_reading_tells_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    path = book(tmp_path, [["a", "b"], *([n, n * 0.5] for n in range(3000))])
    shares: list[float] = []
    assert read_table(path, progress=shares.append).rows == 3000
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] <= 1

    def stop(share: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        read_table(path, progress=stop)


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
def test_that_a_truncated_workbook_is_refused(tmp_path: Path, keep: float) -> None:
    raw = book(tmp_path, [["a", "b"], [1, 2], [3, 4]]).read_bytes()
    path = put(tmp_path, raw[: int(len(raw) * keep)], "cut.xlsx")
    for look in (read_table, survey_file):
        with pytest.raises(DataError, match=r"'cut.xlsx' is not a whole workbook"):
            look(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml[: len(xml) // 2],
        lambda _: "not xml",
        lambda _: "",
        lambda xml: xml.replace("<v>1</v>", "<v>one</v>"),
        lambda xml: xml.replace('r="A2"', 'r="?"'),
        lambda xml: '<!DOCTYPE a [<!ENTITY b "c">]>' + xml,
        lambda xml: xml.replace('t="n"', 't="s"'),
        lambda xml: xml.replace('r="2"', 'r="two"'),
        lambda xml: xml.replace("worksheet", "spreadsheet"),
    ],
)
def test_that_a_damaged_sheet_is_refused_in_a_sentence(tmp_path: Path, change: Callable[[str], str]) -> None:
    path = changed(book(tmp_path, [["a", "b"], [1, 2.5], [3, 4]]), "xl/worksheets/sheet1.xml", change)
    try:
        table = read_table(path)
    except DataError as error:
        assert "my.xlsx" in str(error) or "workbook" in str(error)  # noqa: PT017 - it may be readable all the same
    else:
        assert same_bits(table, [[1, 2.5], [3, 4]])


@pytest.mark.parametrize(
    "member", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "xl/styles.xml"]
)
def test_that_a_damaged_part_is_refused_in_a_sentence(tmp_path: Path, member: str) -> None:
    whole = book(tmp_path, [["a", "b"], [1, 2.5], [3, 4]]).read_bytes()
    for keep, instead in ((0.0, ""), (0.5, ""), (0.0, "<a/>")):
        path = put(tmp_path, whole, "my.xlsx")
        changed(path, member, lambda xml: xml[: int(len(xml) * keep)] + instead)  # noqa: B023 - called at once
        try:
            table = read_table(path)
        except DataError as error:
            assert "my.xlsx" in str(error)  # noqa: PT017 - it may be readable all the same
        else:
            assert same_bits(table, [[1, 2.5], [3, 4]])


def test_that_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path, [["a", "b"], [1, 2], [3, 4]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", bytes(8 << 20))
    monkeypatch.setattr(xlsx_file, "MOST_BYTES", 4 << 20)
    with pytest.raises(DataError, match=r"'my.xlsx' unpacks to 0.0 GB: save the sheet as CSV"):
        read_table(path)


@pytest.mark.parametrize(
    "sheets", [[[]], [[["only a note"]]], [[["a", "b"]]], [[["a"], [1], [2]]], [[["a", "b"], ["c", "d"]]]]
)
def test_that_a_workbook_without_a_table_is_refused(tmp_path: Path, sheets: list[list[list[Any]]]) -> None:
    with pytest.raises(DataError):
        read_table(book(tmp_path, *sheets))


def test_that_a_far_cell_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = book(tmp_path, [["a", "b"], [1, 2], [3, 4]])
    far = '<row r="1048576"><c r="XFD1048576" t="n"><v>5</v></c></row></sheetData>'
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("</sheetData>", far))
    with pytest.raises(
        DataError, match=r"'Sheet 1' of 'my.xlsx' spreads over 1,048,576 rows and 16,384 columns: delete stray cells"
    ):
        read_table(path)


def test_that_a_wrong_size_in_the_sheet_costs_no_rows(tmp_path: Path) -> None:
    path = book(tmp_path, [["a", "b", "c"], *([n, n * 0.5, -n] for n in range(1200))])
    for size in ("A1", "A1:B3", "A1:ZZ90000"):
        changed(path, "xl/worksheets/sheet1.xml", lambda xml: re.sub('ref="A1[^"]*"', f'ref="{size}"', xml, count=1))  # noqa: B023
        assert same_bits(read_table(path, progress=lambda _: None), [[n, n * 0.5, -n] for n in range(1200)])


def test_that_entities_that_multiply_are_not_followed(tmp_path: Path) -> None:
    path = book(tmp_path, [["a", "b"], [1, 2], [3, 4]])
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE a [<!ENTITY e0 "ha">{entities}]>'
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: head + xml.replace("<t>a</t>", "<t>&e9;</t>"))
    with pytest.raises(DataError, match="is not a whole workbook"):
        read_table(path)
