from pathlib import Path

import pytest

from landscape_app.core.errors import DataError
from landscape_app.data.files import read_table, survey_file
from landscape_app.data.reading import DoubtError, Reading
from tests.data.dialects import put, same_bits


def asked(path: Path) -> DoubtError:
    with pytest.raises(DoubtError) as caught:
        read_table(path)
    text = str(caught.value)
    assert text.startswith(f"'{path.name}' can be read in several ways, since ")
    assert text.endswith(".")
    assert "\n" not in text
    assert caught.value.doubts
    return caught.value


@pytest.mark.parametrize(
    ("content", "line", "cell", "point", "comma"),
    [
        ("x;y\n1;2\n1.234;5\n", 3, "1.234", [[1, 2], [1.234, 5]], [[1, 2], [1234, 5]]),
        ("x;y\n1;2\n-1,234;5\n", 3, "-1,234", [[1, 2], [-1234, 5]], [[1, 2], [-1.234, 5]]),
        ("x,y\n1.234,5\n2,6\n", 2, "1.234", [[1.234, 5], [2, 6]], [[1234, 5], [2, 6]]),
        ('x,y\n"1,234",5\n2,6\n', 2, "1,234", [[1234, 5], [2, 6]], [[1.234, 5], [2, 6]]),
        ("x y\n1.234 5\n2 6\n", 2, "1.234", [[1.234, 5], [2, 6]], [[1234, 5], [2, 6]]),
    ],
)
def test_that_a_number_that_may_be_a_thousand_is_asked_for(
    tmp_path: Path, content: str, line: int, cell: str, point: list[list[float]], comma: list[list[float]]
) -> None:
    path = put(tmp_path, content)
    error = asked(path)
    assert f"line {line} holds '{cell}', which may be a thousand or a decimal" in str(error)
    assert "say --decimal point or --decimal comma." in str(error)
    assert [(doubt.setting, doubt.choices) for doubt in error.doubts] == [("decimal", ("point", "comma"))]
    assert survey_file(path).doubts == error.doubts
    assert same_bits(read_table(path, Reading(decimal="point")), point)
    assert same_bits(read_table(path, Reading(decimal="comma")), comma)
    assert not survey_file(path, Reading(decimal="point")).doubts


def test_that_both_decimal_signs_in_one_file_are_asked_for(tmp_path: Path) -> None:
    error = asked(put(tmp_path, "x;y;z\n1.5;1;2\n3;2,25;4\n"))
    assert "line 2 holds '1.5', but line 3 holds '2,25'" in str(error)
    assert "--decimal" in str(error)


@pytest.mark.parametrize("line", [900, 60_000])
@pytest.mark.parametrize(("late", "value"), [("0.5", 1.234), ("0,5", 1234.0)])
def test_that_one_telling_number_anywhere_settles_the_decimal_sign(
    tmp_path: Path, line: int, late: str, value: float
) -> None:
    rows = ["1.234;7"] * line + [f"{late};8"] + ["2.345;9"] * 10
    table = read_table(put(tmp_path, "x;y\n" + "\n".join(rows)))
    assert table.numbers("x")[0] == value
    assert table.numbers("x")[line] == 0.5


def test_that_words_tell_nothing_of_the_decimal_sign(tmp_path: Path) -> None:
    rows = "".join(f"{version};1.234;{n}\n" for n, version in enumerate(["0,5 b", "0,5", "beta", "alpha", "gamma"]))
    assert "'1.234'" in str(asked(put(tmp_path, "version;x;y\n" + rows)))


def test_that_a_dialect_that_changes_half_way_is_noticed(tmp_path: Path) -> None:
    english, german = "".join(f"{1500.25 + n};1\n" for n in range(1000)), "1,234;2\n5,678;3\n" * 500
    path = put(tmp_path, "x;y\n" + english + german)
    error = asked(path)
    assert "line 1002 holds '1,234', which was taken for a thousand, but line 2 holds '1500.25'" in str(error)
    assert read_table(path, Reading(decimal="point")).numbers("x")[-1] == 5678


def test_that_two_signs_that_split_equally_well_are_asked_for(tmp_path: Path) -> None:
    path = put(tmp_path, "1,234 567,5\n7,111 222,5\n")
    error = asked(path)
    assert "both split every line into columns" in str(error)
    assert {doubt.setting for doubt in error.doubts} == {"delimiter"}
    assert "--delimiter comma" in str(error)
    assert "--delimiter blank" in str(error)
    assert same_bits(read_table(path, Reading(delimiter="comma")), [[1, 234567, 5], [7, 111222, 5]])
    blank = Reading(delimiter="blank", decimal="comma")
    assert same_bits(read_table(path, blank), [[1.234, 567.5], [7.111, 222.5]])


@pytest.mark.parametrize(
    "content",
    [
        "1,oops,3\n1,2,3\n4,5,6\n",  # a typing error in a first row without a header?
        "country,1990,2000\na,1,2\nb,3,4\n",
        "x,2020\n1,2\n3,4\n",
        "0,1,2\n0.5,0.25,0.75\n0.1,0.2,0.3\n",  # numbers of columns, as programs write them
        "2019,2020\n0.5,1.5\n2.5,3.5\n",
        ",0,1\n0,5,6\n1,7,8\n",
        "0,1,2\n5,6,7\n",
    ],
)
def test_that_a_first_line_that_may_be_names_or_values_is_asked_for(tmp_path: Path, content: str) -> None:
    path = put(tmp_path, content)
    error = asked(path)
    assert "may hold names or values" in str(error)
    assert "say --header yes or --header no." in str(error)
    assert survey_file(path).doubts == error.doubts
    lines = content.count("\n")
    assert read_table(path, Reading(header=True)).rows == lines - 1
    assert survey_file(path, Reading(header=False)).doubts == ()
    assert len(survey_file(path, Reading(header=False)).cells) == lines


@pytest.mark.parametrize("content", ["1,2\n3,4\n5,6\n", "1,2,3\n4,5,6\n", "0,1\n0,2\n1,3\n", "0.0,1.0,2.0\n1.5,2,3\n"])
def test_that_numbers_over_numbers_like_them_are_values(tmp_path: Path, content: str) -> None:
    assert read_table(put(tmp_path, content)).rows == content.count("\n")


def test_that_bytes_that_may_be_many_encodings_are_asked_for(tmp_path: Path) -> None:
    path = put(tmp_path, b"x,M\x8cnchen \x81\n1,2\n3,4\n")
    error = asked(path)
    assert "line 1 holds bytes that are neither UTF-8 nor letters of Latin-1" in str(error)
    assert "say --encoding latin-1 or --encoding cp437" in str(error)
    with pytest.raises(DoubtError):
        survey_file(path)
    assert read_table(path, Reading(encoding="cp437")).names == ("x", "Mînchen ü")


def test_that_an_encoding_that_does_not_fit_or_exist_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "x,ä\n1,2\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"Line 1 of 'my.csv' is not valid UTF-8 text: choose another encoding"):
        read_table(path, Reading(encoding="utf-8"))
    for name in ("utf-99", "rot13", "base64", "a\0b", ""):
        with pytest.raises(DataError, match="is not an encoding of text"):
            read_table(path, Reading(encoding=name))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("utf-8-sig", "utf-8-sig"), ("utf-8-sig", "utf-8"), ("utf-8", "utf-8-sig"), ("utf-16", "utf-16"),
        ("utf-16", "utf-16-le"), ("utf-16-le", "utf-16"), ("utf-16-be", "utf-16"), ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"), ("utf-8", "ascii"), ("cp1252", "latin-1"), ("utf-32-le", "utf-32"),
    ],
)  # fmt: skip
def test_that_an_encoding_may_be_told_in_every_way(tmp_path: Path, written: str, said: str) -> None:
    path = put(tmp_path, "x,y\n1234,5\n2222,7\n".encode(written))
    assert same_bits(read_table(path, Reading(encoding=said)), [[1234, 5], [2222, 7]])
    assert read_table(path, Reading(encoding=said)).names == ("x", "y")
    same_bits(read_table(path, Reading(encoding=said, header=True, decimal="point")), [[1234, 5], [2222, 7]])


def test_that_a_mark_read_in_a_wrong_encoding_costs_no_digit(tmp_path: Path) -> None:
    table = read_table(put(tmp_path, "\ufeffx,y\n1234,5\n2222,7\n"), Reading(encoding="latin-1"))
    assert table.numbers("y").tolist() == [5, 7]
    assert table.numbers(table.names[0]).tolist() == [1234, 2222]
