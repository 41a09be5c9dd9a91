import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.core.errors import DataError, Stopped
from landscape_app.data.files import read_table, survey_file
from landscape_app.data.reading import Reading
from tests.data.dialects import put, same_bits

NAN = float("nan")
RECORDS = [{"x": 1, "y": 0.1, "w": "low"}, {"x": -2.5, "y": None, "w": "high"}, {"x": 1e300, "w": "low", "t": True}]


def test_that_records_are_rows_and_what_they_lack_is_missing(tmp_path: Path) -> None:
    path = put(tmp_path, json.dumps(RECORDS), "my.json")
    table = read_table(path)
    assert table.names == ("x", "y", "w", "t")
    assert table.numbers("x").tolist() == [1, -2.5, 1e300]
    np.testing.assert_array_equal(table.numbers("y"), [0.1, NAN, NAN])
    np.testing.assert_array_equal(table.numbers("t"), [NAN, NAN, 1])
    assert table.column("w").categories == ("high", "low")
    survey = survey_file(path)
    assert (survey.form, survey.names, survey.whole) == ("json", table.names, True)
    assert survey.cells[1] == ("-2.5", "", "high", "")
    assert survey.kinds == ("number", "number", "words", "number")


@pytest.mark.parametrize("name", ["my.json", "my.txt", "data"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_that_lists_are_columns_whatever_the_file_is_called(tmp_path: Path, name: str, bom: str) -> None:
    path = put(tmp_path, bom + ' \n{"x": [1, 2.5], "y": [null, "4.25"]}', name)
    assert same_bits(read_table(path), [[1, NAN], [2.5, 4.25]])


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 2), min_size=1, max_size=20))
def test_that_floats_come_back_to_the_last_bit(rows: list[tuple[float, float]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), json.dumps([{"x": x, "y": y} for x, y in rows]), "my.json")
        assert same_bits(read_table(path), rows)


def test_that_options_apply_to_json_too(tmp_path: Path) -> None:
    path = put(tmp_path, json.dumps([{"x": n, "y": -999 if n else 1.5, "z": str(n)} for n in range(4)]), "my.json")
    table = read_table(path, Reading(rows=3, missing=("-999.0",), kinds=(("z", "words"),)))
    np.testing.assert_array_equal(table.numbers("y"), [1.5, NAN, NAN])
    assert table.column("z").categories == ("0", "1", "2")
    assert table.notes == ("Only the first 3 rows were read.",)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("[", "Line 1 of 'my.json' is not valid JSON"),
        ('[{"x": 1,\n "y": }]', "Line 2 of 'my.json' is not valid JSON"),
        ('[{"x": 1, "y": 2}] more', "Line 1 of 'my.json' is not valid JSON"),
        ('[{"x": 1, "y": 2},]', "Line 1 of 'my.json' is not valid JSON"),
        ("[]", "holds no table"),
        ("{}", "holds no table"),
        ("[{}]", "holds no table"),
        ("[{}, {}]", "holds no table"),
        ('{"x": [1, 2], "y": [1]}', "holds no table"),
        ('{"x": 1, "y": 2}', "holds no table"),
        ('[{"x": 1, "y": 2}, 3]', "Record 2 of 'my.json' is '3', not an object"),
        ("[[1, 2], [3, 4]]", "Record 1 of 'my.json' is"),
        ('[{"x": 1, "y": [2]}]', r"Column 'y' of 'my.json' has a list in record 1"),
        ('[{"x": 1, "y": 2}, {"x": {"a": 1}}]', r"Column 'x' of 'my.json' has an object in record 2"),
        ('[{"x": 1, "y": 2, "x": 3}]', "two values for 'x'"),
        ('[{"x": 1, "y": Infinity}]', r"Column 'y' .*infinite number \(record 1 holds 'inf'\)"),
        ('[{"x": 1, "y": 1e999}]', "infinite number"),
        ('[{"x": 1, "y": "low"}]', "only one numeric column, 'x'"),
        ('[{"x": 1}]', "only one numeric column, 'x'"),
        ("[" * 200_000, "my.json"),
        ('[{"x": 1, "y": ' + "9" * 5000 + "}]", "too long"),
        ('{"version": 1, "data": {}}', "is a session of this program"),
    ],
)
def test_that_bad_json_is_explained(tmp_path: Path, content: str, part: str) -> None:
    with pytest.raises(DataError, match=part) as caught:
        read_table(put(tmp_path, content, "my.json"))
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_that_json_in_another_encoding_is_read_or_explained(tmp_path: Path) -> None:
    text = json.dumps([{"x": 1, "höhe": 2.5}], ensure_ascii=False)
    for encoding in ("utf-8", "utf-16", "utf-16-le", "utf-32"):
        assert read_table(put(tmp_path, text.encode(encoding), "my.json")).names == ("x", "höhe")
    with pytest.raises(DataError, match="is not UTF-8 text, as JSON has to be"):
        read_table(put(tmp_path, text.encode("latin-1"), "my.json"))


def test_that_not_a_number_is_a_missing_value(tmp_path: Path) -> None:
    assert same_bits(read_table(put(tmp_path, '[{"x": 1, "y": NaN}, {"x": 2, "y": 3}]', "my.json")), [[1, NAN], [2, 3]])


def test_that_whole_numbers_that_a_float_can_not_hold_are_rounded_like_floats(tmp_path: Path) -> None:
    table = read_table(put(tmp_path, f'[{{"x": {2**63 + 1}, "y": {10**30}}}]', "my.json"))
    assert same_bits(table, [[float(2**63 + 1), 1e30]])


def test_that_a_table_whose_first_name_is_in_brackets_is_no_json(tmp_path: Path) -> None:
    assert read_table(put(tmp_path, "[x],[y]\n1,2\n")).names == ("[x]", "[y]")
    assert read_table(put(tmp_path, "{x};{y}\n1;2\n")).names == ("{x}", "{y}")


def test_that_reading_can_be_stopped(tmp_path: Path) -> None:
    def stop(_: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        read_table(put(tmp_path, json.dumps(RECORDS), "my.json"), progress=stop)
