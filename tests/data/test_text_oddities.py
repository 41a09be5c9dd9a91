"""Texts that invite misreading: each is read right, asked about, or refused with the place; never wrong in silence."""

import csv
import io
import itertools
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.core.errors import DataError
from landscape_app.data import text_encoding
from landscape_app.data.files import read_table
from landscape_app.data.reading import Reading
from landscape_app.data.table import Table
from landscape_app.data.text_file import BEGINNING
from tests.data.dialects import put, same_bits

PIECE = 64 << 10
SAID = Reading(delimiter="comma", decimal="point", encoding="utf-8", header=True)
CELLS = st.sampled_from(
    ["1", "-2.5", "3e2", "0.1", "12", "007", "", '"4"', '"5.5"', ' "6"', '" 7"', "low", "high", '"a,b"', '"q""q"',
     '"l\nm"', '"l\r\nm"', '5" pipe', '"8"9', '""', '"', "é"]
)  # fmt: skip


def expected(text: str) -> list[list[str]] | None:
    """Return the records by Python's own csv, or None if they don't make a table."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True) if row]
    except csv.Error:
        return None
    return rows if len({len(row) for row in rows}) == 1 else None


def as_written(table: Table, position: int) -> list[str]:
    """Return the cells of a column as plain text."""
    column = table.columns[position]
    if column.values is not None:
        return ["" if np.isnan(value) else repr(value) for value in column.values.tolist()]
    assert column.codes is not None
    return [(*column.categories, "")[code] for code in column.codes.tolist()]


@settings(max_examples=250, deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=12),
    blank=st.sampled_from(["", "\n", "\n\n"]),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_that_what_is_read_is_what_csv_splits(rows: list[list[str]], blank: str, newline: str) -> None:
    width = len(rows[0])
    text = newline.join([",".join(f"n{j}" for j in range(width)), *(blank + ",".join(row) for row in rows), ""])
    records = expected(text)
    with tempfile.TemporaryDirectory() as folder:
        try:
            table = read_table(put(Path(folder), text), SAID)
        except DataError as error:
            refusal = str(error)
            table = None
    if table is None:
        assert records is None or "numeric column" in refusal, text
        return
    assert records is not None, text
    if "as units" in "".join(table.notes):
        del records[1]
    assert table.rows == len(records) - 1
    for position, column in enumerate(table.columns):
        cells = [record[position].strip() for record in records[1:]]
        if column.values is not None:
            cells = ["" if cell == "" else repr(float(cell)) for cell in cells]
        if column.values is not None or column.categories:
            assert as_written(table, position) == cells, text


@pytest.mark.parametrize("far", [5, 900, 70_000])
@pytest.mark.parametrize(
    ("odd", "part"),
    [
        ("1,2,3", "has 3 fields"), ("1", "has 1 field,"), ("1,2,", "has 3 fields"), ("1;2", "has 1 field,"),
        ("1,2\n3,4,5\n6", "has 3 fields"), ("6\n3,4,5", "has 1 field,"), ("1\t2", "has 1 field,"),
        ('1,"2', "quotation mark"), ('1,"2"3', "quotation mark"), ("1,2,\n6", "has 3 fields"),
    ],
)  # fmt: skip
def test_that_a_line_with_another_shape_is_found_wherever_it_is(tmp_path: Path, odd: str, part: str, far: int) -> None:
    text = "x,y\n" + "1,2.5\n" * far + odd + "\n" + "3,4\n" * 5
    line = far + 2 + ("has 3" in part and odd.startswith("1,2\n"))
    with pytest.raises(DataError, match=rf"^Line {line} of 'my\.csv'.*{part}"):
        read_table(put(tmp_path, text))


@pytest.mark.parametrize("far", [5, 900, 70_000])
@pytest.mark.parametrize(
    "odd", ["1,oops", '1,"oops"', "1,0x10", "1,1_0", "1,# no", "1,5%", "1,12:30", "1,1e", "1,True"]
)
def test_that_a_cell_that_is_no_number_is_named_wherever_it_is(tmp_path: Path, odd: str, far: int) -> None:
    text = "x,y,z\n" + "1,2.5,3\n" * far + odd + ",4\n" + "3,4,5\n" * 5
    table = read_table(put(tmp_path, text))
    assert table.numeric_names == ("x", "z")
    word = odd[2:].strip('"')
    assert table.column("y").obstacle == f"line {far + 2} holds '{word}' where a number should be"


@pytest.mark.parametrize("far", [5, 70_000])
def test_that_a_number_in_another_spelling_is_read_wherever_it_is(tmp_path: Path, far: int) -> None:
    odd = ['"1,234.5"', "1.5d2", "\u22127", " 8 ", "+9", "1'000.5", "9" * 25, '" -"']
    text = "x,y\n" + "1,2.5\n" * far + "".join(f"3,{cell}\n" for cell in odd)
    read = read_table(put(tmp_path, text)).numbers("y")
    expected = [1234.5, 150.0, -7.0, 8.0, 9.0, 1000.5, 1e25, np.nan]
    np.testing.assert_array_equal(read[far:], expected)
    assert (read[:far] == 2.5).all()


@pytest.mark.parametrize("far", [5, 900, 70_000])
def test_that_an_infinite_number_is_named_wherever_it_is(tmp_path: Path, far: int) -> None:
    for word in ("inf", "-Infinity", "1e999"):
        text = "x,y\n" + ",2.5\n" * far + f",{word}\n"
        with pytest.raises(DataError, match=rf"Column 'y' .*infinite number \(line {far + 2} holds '{word}'\)"):
            read_table(put(tmp_path, text))


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in pieces of 64 KB, so that a small one has many ends of pieces."""
    monkeypatch.setattr(text_encoding, "BLOCK", PIECE)
    monkeypatch.setattr(text_encoding, "SEGMENT", PIECE)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("at", [BEGINNING, 5 * PIECE])
@pytest.mark.parametrize("newline", ["\r", "\r\n", "\n"], ids=["CR", "CRLF", "LF"])
@pytest.mark.parametrize("shift", range(4))
def test_that_blocks_may_end_anywhere(tmp_path: Path, at: int, newline: str, shift: int) -> None:
    # Comments make the slow way read it; a line is 16 bytes long, so that each kind of byte meets the blocks' end.
    line = "€é,12345" + newline
    head = "#" + "-" * shift + newline + "w,y" + newline
    count = (at + 64) // len(line.encode())
    table = read_table(put(tmp_path, head + line * count))
    assert table.rows == count
    assert (table.numbers("y") == 12345).all() if table.column("w").categories else True


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_that_quoted_line_ends_across_segments_keep_rows_together(tmp_path: Path, newline: str, encoding: str) -> None:
    cell = '"' + "a,b;{newline}".replace('""', '""') * 20 + '"'
    rows = 40 * PIECE // len(cell)
    lines = [f"{n},{cell},{n * 0.5!r}{newline}" for n in range(rows)]
    table = read_table(put(tmp_path, ("x,w,y" + newline + "".join(lines)).encode(encoding)))
    assert table.rows == rows
    np.testing.assert_array_equal(table.numbers("x"), np.arange(rows))
    np.testing.assert_array_equal(table.numbers("y"), np.arange(rows) * 0.5)
    assert len(table.column("w").categories) == 1


@pytest.mark.usefixtures("small_pieces")
def test_that_a_stray_mark_does_not_shift_the_quotes_behind_it(tmp_path: Path) -> None:
    rows = PIECE
    text = 'x,w,y\n1,5" pipe,2\n' + '3,"one\ntwo, three",4\n' * rows
    table = read_table(put(tmp_path, text))
    assert table.rows == rows + 1
    assert table.column("w").categories == ('5" pipe', "one\ntwo, three")
    assert table.numbers("y")[-1] == 4


def test_that_a_quote_that_never_closes_is_named_by_the_line_that_opens_it(tmp_path: Path) -> None:
    for far in (5, 900, 70_000):
        text = "x,y\n" + "1,2\n" * far + '3,"4\n' + "5,6\n" * 20
        with pytest.raises(DataError, match=rf"^Line {far + 2} of .*close every quotation mark"):
            read_table(put(tmp_path, text))


def test_that_blanks_before_quotation_marks_are_no_part_of_words(tmp_path: Path) -> None:
    table = read_table(put(tmp_path, 'x, w\n1, "low"\n2, "a, b"\n3, "low"\n'))
    assert table.column("w").categories == ("a, b", "low")


@pytest.mark.parametrize("mark", ["#", "%", "!", "//"])
def test_that_words_that_begin_like_comments_are_no_comments(tmp_path: Path, mark: str) -> None:
    table = read_table(put(tmp_path, f"w,x,y\n{mark}a,1,2\nb,3,4\nc,5,6\n{mark}a,7,8\nb,9,0\n"))
    assert table.rows == 5
    assert table.column("w").categories == tuple(sorted((f"{mark}a", "b", "c")))


def test_that_a_missing_value_that_looks_like_a_comment_is_a_row(tmp_path: Path) -> None:
    for word in ("#N/A", "#NA", "#n/a", "#NULL!"):
        assert same_bits(read_table(put(tmp_path, f"# c\nx,y\n{word},1\n2,3\n4,5\n")), [[np.nan, 1], [2, 3], [4, 5]])


def test_that_comments_that_might_be_rows_are_left_out_with_a_note(tmp_path: Path) -> None:
    table = read_table(put(tmp_path, "# a title\nx,y\n1,2\n#3,4\n5,6\n# a remark\n7,8\n"))
    assert same_bits(table, [[1, 2], [5, 6], [7, 8]])
    assert table.notes == ("Lines that begin with # were left out as comments, line 4 for instance.",)
    assert read_table(put(tmp_path, "# a title\nx,y\n1,2\n# a remark\n5,6\n")).notes == ()


def test_that_a_long_preface_of_comments_is_skipped(tmp_path: Path) -> None:
    for mark in ("#", "%", "//", "!", ";"):
        text = f"{mark} a line of the instrument\n" * 50 + "x,y\n1,2\n3,4\n"
        assert same_bits(read_table(put(tmp_path, text)), [[1, 2], [3, 4]])


def test_that_names_may_stand_in_a_comment_above_numbers(tmp_path: Path) -> None:
    table = read_table(put(tmp_path, "# made by a program\n# t v\n0 0.5\n1 0.25\n"))
    assert table.names == ("t", "v")
    assert table.notes == ("The names of the columns are from the comment above line 3.",)
    assert read_table(put(tmp_path, "#\n0.5 0.5\n1.5 0.25\n")).names == ("column 1", "column 2")


@pytest.mark.parametrize("text", ["a\tb c\n1\t2\n3\t4\n", "a b\n1  2\n 3\t4 \n", "a  b\n  1    2\n 3  4\n"])
def test_that_tabs_and_blanks_may_be_mixed(tmp_path: Path, text: str) -> None:
    assert same_bits(read_table(put(tmp_path, text)), [[1, 2], [3, 4]])


def test_that_an_empty_field_between_tabs_is_a_missing_value(tmp_path: Path) -> None:
    table = read_table(put(tmp_path, "x\ty\tz\n1\t\t3\n\t\t\n4\t5\t\n"))
    assert same_bits(table, [[1, np.nan, 3], [np.nan] * 3, [4, 5, np.nan]])


def test_that_quoted_words_between_blanks_stay_whole(tmp_path: Path) -> None:
    table = read_table(put(tmp_path, 'x w y\n1 "a\tb  c" 2\n3\t"d e"\t4\n5 "d e" 6\n7 "a\tb  c" 8\n'))
    assert table.column("w").categories == ("a\tb  c", "d e")


def test_that_fewer_rows_are_read_if_asked(tmp_path: Path) -> None:
    for text in ("x,y\n1,2\n3,4\n5,6,7\n", 'x,y\n"1",2\n3,4\n5,6,7\n', "#\nx,y\n1,2\n\n3,4\n5,6,7\n"):
        table = read_table(put(tmp_path, text), Reading(rows=2))
        assert same_bits(table, [[1, 2], [3, 4]])
        assert table.notes == ("Only the first 2 rows were read.",)


@pytest.mark.parametrize("word", ["-999", "-999.0", " -999 ", "-9.99e2"])
def test_that_a_number_may_mean_a_missing_value_however_it_is_spelled(tmp_path: Path, word: str) -> None:
    said = Reading(missing=("-999", "unknown"))
    for other in ("3", "x", "\u22121", '"3"', "1e3"):
        table = read_table(put(tmp_path, f"a,b,c\n1,2,3\n3,{word},{other}\n4,Unknown,3\n5,6,3\n"), said)
        np.testing.assert_array_equal(table.numbers("b"), [2, np.nan, np.nan, 6])


def test_that_a_kind_that_was_told_is_kept(tmp_path: Path) -> None:
    path = put(tmp_path, "zip,x,y\n010,1,low\n020,2,7\n010,3,8\n")
    table = read_table(path, Reading(kinds=(("zip", "words"), ("y", "number"))))
    assert table.column("zip").categories == ("010", "020")
    np.testing.assert_array_equal(table.numbers("y"), [np.nan, 7, 8])
    assert table.notes == ("In 'y' a cell without a number counts as missing (line 2 holds 'low').",)


@pytest.mark.parametrize("newline", ["\r", "\n", "\r\n"], ids=["CR", "LF", "CRLF"])
@pytest.mark.parametrize("blank", ["", "   "])
@pytest.mark.parametrize("far", [3, 70_000])
def test_that_a_missing_value_below_a_blank_line_does_not_shift_the_row(
    tmp_path: Path, newline: str, blank: str, far: int
) -> None:
    lines = ["x,y,z", *["1,2,3"] * far, blank, ",4,5", blank, ",,6", *["7,8,9"] * 3]
    values = [[1, 2, 3]] * far + [[np.nan, 4, 5], [np.nan, np.nan, 6]] + [[7, 8, 9]] * 3
    assert same_bits(read_table(put(tmp_path, newline.join(lines))), values)


def test_that_signs_in_a_column_of_words_are_words(tmp_path: Path) -> None:
    path = tmp_path / "charge.csv"
    path.write_text("charge,y\n+,1\n-,2\n+,3\n-,4\n?,5\n,6\nNA,-\n", encoding="utf-8")
    table = read_table(path)
    charge = table.column("charge")
    assert charge.categories == ("+", "-", "?")
    assert charge.codes is not None
    assert charge.codes.tolist() == [0, 1, 0, 1, 2, -1, -1]
    assert np.isnan(table.numbers("y")[-1])  # among numbers a dash is a gap


def test_that_odd_spellings_in_many_columns_are_not_read_again_for_each(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    row = ",".join(f"{i}.5D-01" for i in range(40))
    path.write_text("\n".join([",".join(f"c{i}" for i in range(40)), *[row] * 300]) + "\n", encoding="utf-8")
    shares: list[float] = []
    table = read_table(path, progress=shares.append)
    assert [column.values[0] for column in table.columns if column.values is not None] == [
        float(f"{i}.5e-01") for i in range(40)
    ]
    assert sum(later < earlier for earlier, later in itertools.pairwise(shares)) <= 3
