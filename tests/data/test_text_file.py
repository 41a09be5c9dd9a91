import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from landscape_app.core.errors import DataError
from landscape_app.data import Table, read_table
from landscape_app.resource_files import resource_path


def read(folder: Path, content: str | bytes, name: str = "my.csv") -> Table:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path)


def refusal(folder: Path, content: str | bytes) -> str:
    with pytest.raises(DataError) as caught:
        read(folder, content)
    text = str(caught.value)
    assert "'my.csv'" in text
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_that_a_plain_file_is_read(tmp_path: Path) -> None:
    table = read(tmp_path, "x,y,label\n1,2.5,low\n-3,4e2,high\n")
    assert table.title == "my.csv"
    assert table.rows == 2
    assert table.names == ("x", "y", "label")
    assert table.numeric_names == ("x", "y")
    assert table.numbers("x").tolist() == [1.0, -3.0]
    assert table.numbers("y").tolist() == [2.5, 400.0]
    assert table.numbers("y").dtype == np.float64
    assert not table.numbers("y").flags.writeable
    assert table.notes == ()


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("last", ["", "\n", "\n\n  \n"], ids=["no newline", "newline", "blank lines"])
def test_that_line_ends_and_a_byte_order_mark_do_not_matter(
    tmp_path: Path, bom: bytes, newline: str, last: str
) -> None:
    content = ("x,y\n1,2\n\n3,4" + last).replace("\n", newline)
    table = read(tmp_path, bom + content.encode())
    assert table.names == ("x", "y")
    assert table.numbers("x").tolist() == [1.0, 3.0]
    assert table.numbers("y").tolist() == [2.0, 4.0]


def test_that_names_are_kept_exactly(tmp_path: Path) -> None:
    names = ("size, in m", 'the "real" one', "höhe °C", "身長", "a;b", " padded ", "line\nbreak")
    header = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    table = read(tmp_path, f"{header}\n{','.join('1234567')}\n")
    assert table.names == names
    assert [table.numbers(name)[0] for name in names] == [1, 2, 3, 4, 5, 6, 7]


def test_that_blanks_after_commas_do_not_matter(tmp_path: Path) -> None:
    table = read(tmp_path, 'x, y, "a, b"\n1, 2, "3"\n 4 , , 6 \n')
    assert table.names == ("x", "y", "a, b")
    np.testing.assert_array_equal(table.numbers("y"), [2.0, np.nan])
    assert table.numbers("a, b").tolist() == [3.0, 6.0]


@pytest.mark.parametrize(
    "word", ["", "NA", "N/A", "NaN", "nan", "null", "None", '""', "-", "?", ".", "#N/A", "NULL", "<NA>"]
)
def test_that_empty_cells_and_the_usual_words_are_missing(tmp_path: Path, word: str) -> None:
    table = read(tmp_path, f"x,y\n1,2\n3,{word}\n5,6\n")
    np.testing.assert_array_equal(table.numbers("y"), [2.0, np.nan, 6.0])


@pytest.mark.parametrize(
    "word", ["low", "1_000", "0x10", "1.5.2", "True", "3 4", "٣", "2dd5", "1e", "+", "12:30", "5%"]
)
def test_that_a_word_makes_a_column_not_numeric_and_is_named_with_its_line(tmp_path: Path, word: str) -> None:
    table = read(tmp_path, f'x,z,y\n1,7,2\n\n3,8,"{word}"\n5,9,6\n')
    assert table.numeric_names == ("x", "z")
    with pytest.raises(DataError) as caught:
        table.numbers("y")
    assert str(caught.value) == (
        f"Column 'y' of 'my.csv' can't be used as numbers: line 4 holds '{word}' where a number should be. "
        "Correct the file or choose another column."
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+5", 5.0), (".5", 0.5), ("5.", 5.0), ("1E3", 1000.0), ("007", 7.0), ("-0.0", -0.0),
        ("9007199254740993", 9007199254740992.0), ("18446744073709551615", 18446744073709551616.0),
        ("123456789012345678901234567890", 123456789012345678901234567890.0),
        ("0.1000000000000000055511151231257827", 0.1), ("2.2250738585072011e-308", 2.225073858507201e-308),
        ("5e-324", 5e-324), ("1e-400", 0.0), ('"1.25"', 1.25),
    ],
)  # fmt: skip
def test_that_numbers_are_what_float_makes_of_them(tmp_path: Path, text: str, value: float) -> None:
    table = read(tmp_path, f"x,y\n-1,{text}\n2,-3\n")
    assert table.numbers("y").tolist() == [value, -3.0]
    assert np.signbit(table.numbers("y")[0]) == np.signbit(value)


@pytest.mark.parametrize("word", ["inf", "-Inf", "Infinity", "1e999", "-1e400"])
def test_that_infinite_numbers_are_refused_with_line_and_column(tmp_path: Path, word: str) -> None:
    text = refusal(tmp_path, f"x,y\n1,2\n3,{word}\n")
    assert f"Column 'y' of 'my.csv' has an infinite number (line 3 holds '{word}')" in text


def test_that_an_infinite_number_among_huge_ones_is_found_too(tmp_path: Path) -> None:
    assert "line 3 holds 'inf'" in refusal(tmp_path, f"x,y\n1,{'9' * 30}\n3,inf\n")


def test_that_a_first_line_of_numbers_is_data(tmp_path: Path) -> None:
    table = read(tmp_path, "1,2.5\n3,4\n")
    assert table.names == ("column 1", "column 2")
    assert table.numbers("column 2").tolist() == [2.5, 4.0]
    assert table.notes == (
        "The first line holds only numbers, so it was read as data; the columns are called column 1 to column 2.",
    )
    without_header = read(tmp_path, "1,2,3\n3,4,low\n")
    with pytest.raises(DataError, match="line 2 holds 'low'"):
        without_header.numbers("column 3")


def test_that_a_column_without_a_name_is_called_by_its_position(tmp_path: Path) -> None:
    table = read(tmp_path, '"",x,y\n1,2,3\n')
    assert table.names == ("column 1", "x", "y")


def test_that_a_column_without_values_is_not_numeric(tmp_path: Path) -> None:
    table = read(tmp_path, "x,y,z\n1,2,\n3,4,\n")
    assert table.numeric_names == ("x", "y")
    with pytest.raises(DataError, match=r"'z' of 'my.csv' can't be used as numbers: it has no values\."):
        table.numbers("z")


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("", ("is empty",)),
        ("\n  \n\n", ("is empty",)),
        (b"\xef\xbb\xbf", ("is empty",)),
        ("x,y\n", ("has a header but no rows",)),
        ("x,y\n1,2\n3,4,5\n", ("Line 3", "has 3 fields", "the first line has 2")),
        ("x,y\n1,2\n\n3,4,5\n", ("Line 4",)),
        ("x,y,z\n1,2,3\n4,5\n", ("Line 3", "has 2 fields", "the first line has 3")),
        ("x,y,z\r\n1,2,3\r\n4\r\n", ("Line 3", "has 1 field,", "the first line has 3")),
        ('x,y,z\n"1\n2",2,3\n4,5\n', ("Line 4", "has 2 fields")),
        ('x,y,z\n1,2,3\n""\n', ("Line 3", "has 1 field")),
        ("x,y\n1,2,\n3,4,\n", ("Line 2", "has 3 fields")),
        ("x,y\n1,5,2,5\n", ("Line 2", "has 4 fields", "decimal point")),
        ('x,y\n1,2\n3,"4\n5,6\n', ("Line 3", "quotation mark")),
        ('x,y\n1,"2"3\n', ("Line 2", "quotation mark")),
        ("x,y,x\n1,2,3\n", ("several columns called 'x'", "line 1", "rename")),
        ("x\n1\n2\n", ("has only one column", "at least one feature")),
        ("x,y\n1,low\n2,high\n", ("only one numeric column, 'x'", "column 'y'", "line 2 holds 'low'")),
        ("x,y\na,b\n", ("no numeric column", "column 'x'", "line 2 holds 'a'")),
        ("x,y\n,\n,\n", ("no numeric column",)),
        (b"x,y\n1,2\n3,\0\n", ("Line 3", "NUL byte")),
        (b"x,y\r1,2\r3,\0\r", ("Line 3", "NUL byte")),
        (b"x,y\n1,2\n3,\x81\x8d\n", ("line 3", "neither UTF-8 nor", "--encoding latin-1")),
        (b"\xff\xfex\0,\0y\0\n\0001\0,\0002\0\n\0003\0,\0\x00\xd8\n\0", ("Line 3", "not valid UTF-16", "--encoding")),
        ("x,y\n1,2\n".encode("utf-16")[:-1], ("Line 2", "not valid UTF-16")),
        (b"\x89PNG\r\n\x1a\n\x00\x00", ("is a picture", "choose")),
        (b"\x80\x81\x82", ("line 1", "neither UTF-8 nor")),
        ("x;y\n1,5;2,5\n1;2;3\n", ("Line 3", "has 3 fields", "the first line has 2")),
        ("x y\n1 2\n3\n", ("Line 3", "has 1 field,")),
        ("1,2\n3\n", ("Line 2", "the lines above have 2")),
        ("# nothing\n# but this\n", ("Line 2",)),
        ("sep=;\n", ("holds no rows",)),
    ],
)
def test_that_a_bad_file_gets_one_sentence_with_the_place(
    tmp_path: Path, content: str | bytes, parts: tuple[str, ...]
) -> None:
    text = refusal(tmp_path, content)
    for part in parts:
        assert part in text


def test_that_a_huge_field_is_cut_in_the_sentence(tmp_path: Path) -> None:
    table = read(tmp_path, f"x,y,z\n1,2,{'word ' * 20_000}\n")
    with pytest.raises(DataError) as caught:
        table.numbers("z")
    assert len(str(caught.value)) < 250
    assert "Line 2" in refusal(tmp_path, f'x,y,z\n1,2,"{"a" * 200_000}"\n')


def test_that_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"There is no file '.*gone.csv': check its name"):
        read_table(tmp_path / "gone.csv")


def test_that_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"is a folder: choose a file in it"):
        read_table(tmp_path)


def test_that_a_pipe_is_refused_instead_of_being_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match=r"is not an ordinary file"):
        read_table(tmp_path / "pipe.csv")


def test_that_a_file_below_a_file_and_an_impossible_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    for path in (tmp_path / "a.csv" / "b.csv", tmp_path / ("x" * 300), tmp_path / "a\0b.csv"):
        with pytest.raises(DataError):
            read_table(path)


def test_that_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.csv"
    path.write_text("x,y\n1,2\n")
    path.chmod(0)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)  # root may read everything, so be nobody for a moment
    try:
        with pytest.raises(DataError, match=r"secret.csv' may not be read: ask for permission"):
            read_table(path)
    finally:
        if is_root:
            os.seteuid(0)


def test_that_pandas_is_imported_only_when_a_file_is_read() -> None:
    code = "import sys, landscape_app.data; sys.exit('pandas' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=resource_path().parent)
