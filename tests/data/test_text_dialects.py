import itertools
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.data.files import read_table, survey_file
from landscape_app.data.reading import Reading
from tests.data.dialects import Dialect, put, same_bits

NAMES = ("Länge", "y", "größe°")
ROWS = [[0.1, -2.5e-300, 3.0], [1e22, float("nan"), 5e-324], [-0.0, 12345.678901234567, 1.7976931348623157e308]]

ENCODINGS = {
    "utf-8": ("utf-8", b""), "utf-8 with mark": ("utf-8", b"\xef\xbb\xbf"),
    "utf-16-le": ("utf-16-le", b""), "utf-16-le with mark": ("utf-16-le", b"\xff\xfe"),
    "utf-16-be": ("utf-16-be", b""), "utf-16-be with mark": ("utf-16-be", b"\xfe\xff"),
    "latin-1": ("latin-1", b""),
}  # fmt: skip
DELIMITERS = [("comma", "."), ("semicolon", ","), ("semicolon", "."), ("tab", "."), ("tab", ","), ("bar", "."),
              ("blank", "."), ("blank", ",")]  # fmt: skip
HEADS: dict[str, dict[str, Any]] = {
    "names": {},
    "units": {"units": True},
    "comment": {"comments": True},
    "nothing": {"header": False},
}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize(("delimiter", "decimal"), DELIMITERS)
def test_that_every_dialect_is_read_to_the_last_bit(
    tmp_path: Path, delimiter: str, decimal: str, encoding: tuple[str, bytes], newline: str
) -> None:
    for head, options in HEADS.items():
        dialect = Dialect(delimiter, decimal, newline, *encoding, **options)
        path = put(tmp_path, dialect.written(NAMES, ROWS), f"{head}.csv")
        table = read_table(path)
        names = NAMES if dialect.header else ("column 1", "column 2", "column 3")
        assert table.names == names, head
        assert same_bits(table, ROWS), head
        assert [column.unit for column in table.columns] == (["kg"] * 3 if dialect.units else [""] * 3)
        survey = survey_file(path)
        assert (survey.names, survey.reading.delimiter, survey.reading.header) == (names, delimiter, dialect.header)
        assert survey.reading.decimal == ("comma" if decimal == "," else "point")
        assert (survey.doubts, survey.whole, survey.form) == ((), True, "text")
        assert same_bits(read_table(path, survey.reading), ROWS), head


@settings(max_examples=150, deadline=None)
@given(
    data=st.data(),
    width=st.integers(2, 4),
    sign=st.sampled_from(DELIMITERS),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(sorted(ENCODINGS)),
    head=st.sampled_from(sorted(HEADS)),
)
def test_that_any_floats_in_any_dialect_come_back_equal(
    data: st.DataObject, width: int, sign: tuple[str, str], newline: str, encoding: str, head: str
) -> None:
    numbers = st.floats(allow_nan=False, allow_infinity=False)
    rows = data.draw(st.lists(st.lists(numbers, min_size=width, max_size=width), min_size=2, max_size=20))
    dialect = Dialect(*sign, newline, *ENCODINGS[encoding], **HEADS[head])
    names = [f"ä{j}" for j in range(width)]
    said = Reading(decimal="comma" if sign[1] == "," else "point", header=dialect.header)
    said = said.model_copy(update={"delimiter": sign[0]})
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), dialect.written(names, rows))
        table = read_table(path, said)
    assert same_bits(table, rows)
    assert table.names == tuple(names) or not dialect.header


THOUSANDS = {
    "English": ("1,234,567.5", ".", ","), "German": ("1.234.567,5", ",", "."), "French": ("1 234 567,5", ",", " "),
    "French, no break": ("1\u00a0234\u00a0567,5", ",", "\u00a0"),
    "French, narrow": ("1\u202f234\u202f567,5", ",", "\u202f"), "thin": ("1\u2009234\u2009567.5", ".", "\u2009"),
    "Swiss": ("1'234'567.5", ".", "'"), "Swiss, printed": ("1’234’567.5", ".", "’"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "decimal", "mark"), THOUSANDS.values(), ids=THOUSANDS)
@pytest.mark.parametrize("delimiter", ["semicolon", "tab", "bar"])
def test_that_thousands_may_be_set_apart_in_every_country(
    tmp_path: Path, text: str, decimal: str, mark: str, delimiter: str
) -> None:
    sign = {"semicolon": ";", "tab": "\t", "bar": "|"}[delimiter]
    cells = [("1", text), (f"-12{mark}000", f"+0{decimal}25"), ("999", f"1{mark}000{decimal}75")]
    table = read_table(put(tmp_path, "\n".join(["x" + sign + "y", *(sign.join(row) for row in cells)])))
    assert same_bits(table, [[1, 1234567.5], [-12000, 0.25], [999, 1000.75]])


def test_that_quoted_thousands_may_stand_between_commas(tmp_path: Path) -> None:
    table = read_table(put(tmp_path, 'x,y\n"1,234,567.5",2\n"-1,000",3\n'))
    assert same_bits(table, [[1234567.5, 2], [-1000, 3]])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5d3", 1500.0), ("1.5D-3", 0.0015), ("-2D+02", -200.0), ("1E5", 1e5), ("+4", 4.0), ("\u22124.5", -4.5),
        ("\uff0d4.5", -4.5), ("1.5e\u22123", 0.0015), (" 7 ", 7.0), ("\u00a07\u00a0", 7.0), ("-\u00a07", -7.0),
    ],
)  # fmt: skip
def test_that_exponents_and_signs_of_every_kind_are_read(tmp_path: Path, text: str, value: float) -> None:
    assert same_bits(read_table(put(tmp_path, f"x;y\n{text};1\n0.5;2\n")), [[value, 1], [0.5, 2]])


WRONG_GROUPS = ["1,23", "12,34,567", "1,2345", "0,123,456", "1,234,56", "1,,234", ",123", "1.234.5", "1 23", "1'23.4"]


@pytest.mark.parametrize("text", WRONG_GROUPS)
def test_that_groups_that_are_no_thousands_are_no_numbers(tmp_path: Path, text: str) -> None:
    table = read_table(put(tmp_path, f"x;y;z\n{text};1;2\n0.5;2;3\n"), Reading(decimal="point"))
    assert table.numeric_names == ("y", "z")
    assert f"line 2 holds '{text}'" in table.column("x").obstacle


def test_that_a_line_may_say_what_separates_the_columns(tmp_path: Path) -> None:
    for sign, quote in itertools.product(";\t|,", ("", '"')):
        text = f"{quote}sep={sign}{quote}\r\nx{sign}y\r\n1{sign}2\r\n"
        assert same_bits(read_table(put(tmp_path, text)), [[1, 2]])
