import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from landscape_app.core.errors import DataError, Stopped
from landscape_app.data.files import read_table, survey_file
from landscape_app.data.reading import Reading
from tests.data.dialects import put

NAN = float("nan")


def written(folder: Path, columns: dict[str, object], **options: object) -> Path:
    table = pa.table(columns)
    parquet.write_table(table, folder / "my.parquet", **options)
    return folder / "my.parquet"


def test_that_columns_of_all_types_are_read(tmp_path: Path) -> None:
    day = datetime.date(2026, 5, 1)
    path = written(
        tmp_path,
        {
            "i": pa.array([1, None, -3], pa.int32()),
            "f": pa.array([0.1, NAN, 5e-324]),
            "half": pa.array(np.array([0.5, 1.5, 2.5], np.float16)),
            "flag": [True, False, None],
            "big": pa.array([2**63 + 1, 0, 5], pa.uint64()),
            "money": pa.array([Decimal("1.25"), None, Decimal("-3.50")]),
            "word": ["low", "high", "low"],
            "coded": pa.array(["a", None, "a"]).dictionary_encode(),
            "spelled": ["1.5", "2", ""],
            "none": pa.nulls(3),
            "day": [day] * 3,
            "list": [[1], [2], [3]],
        },
    )
    table = read_table(path)
    np.testing.assert_array_equal(table.numbers("i"), [1, NAN, -3])
    np.testing.assert_array_equal(table.numbers("f"), [0.1, NAN, 5e-324])
    assert table.numbers("half").tolist() == [0.5, 1.5, 2.5]
    np.testing.assert_array_equal(table.numbers("flag"), [1, 0, NAN])
    assert table.numbers("big").tolist() == [float(2**63 + 1), 0, 5]
    np.testing.assert_array_equal(table.numbers("money"), [1.25, NAN, -3.5])
    assert table.column("word").categories == ("high", "low")
    assert table.column("coded").categories == ("a",)
    assert table.column("none").obstacle == "it has no values"
    for name in ("day", "list"):
        assert table.column(name).obstacle.startswith("it holds values of the type ")
    survey = survey_file(path)
    assert (survey.form, survey.names, survey.whole) == ("parquet", table.names, True)
    assert survey.cells[1][:2] == ("", "nan")
    assert survey.kinds[:8] == ("number",) * 6 + ("words",) * 2


def test_that_many_row_groups_come_back_to_the_last_bit(tmp_path: Path) -> None:
    values = np.random.default_rng(2).normal(size=(150_000, 2))
    shares: list[float] = []
    path = written(tmp_path, {"a": values[:, 0], "b": values[:, 1]}, row_group_size=7_000)
    table = read_table(path, progress=shares.append)
    assert table.numbers("a").tobytes() == values[:, 0].tobytes()
    assert table.numbers("b").tobytes() == values[:, 1].tobytes()
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert not survey_file(path).whole


def test_that_options_apply_to_parquet_too(tmp_path: Path) -> None:
    path = written(tmp_path, {"a": [1, -999, 3, 4], "b": [0.5, -999.0, 2.5, 1.0], "c": [7, 7, 8, 8]})
    table = read_table(path, Reading(rows=3, missing=("-999",), kinds=(("c", "words"),)))
    np.testing.assert_array_equal(table.numbers("a"), [1, NAN, 3])
    np.testing.assert_array_equal(table.numbers("b"), [0.5, NAN, 2.5])
    assert table.column("c").categories == ("7", "8")
    assert table.notes == ("Only the first 3 rows were read.",)


def test_that_an_infinite_number_is_named_with_its_row(tmp_path: Path) -> None:
    path = written(tmp_path, {"a": np.arange(70_000.0), "b": np.where(np.arange(70_000) == 69_000, np.inf, 1.0)})
    with pytest.raises(DataError, match=r"Column 'b' of 'my.parquet' has an infinite number \(row 69001 holds 'inf'\)"):
        read_table(path)


@pytest.mark.parametrize(
    ("columns", "part"),
    [
        ({"a": pa.array([], pa.float64()), "b": pa.array([], pa.float64())}, "columns but no rows"),
        ({"a": [1.0, 2.0]}, "only one numeric column, 'a'"),
        ({"a": ["x", "y"], "b": ["z", "w"]}, "no numeric column"),
        ({"a": [1.0, 2.0], "b": [[1], [2]]}, r"in column 'b', it holds values of the type list"),
    ],
)
def test_that_a_file_without_a_table_is_explained(tmp_path: Path, columns: dict[str, object], part: str) -> None:
    with pytest.raises(DataError, match=part):
        read_table(written(tmp_path, columns))


def test_that_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    parquet.write_table(pa.table([[1.0], [2.0]], names=["a", "a"]), tmp_path / "my.parquet")
    with pytest.raises(DataError, match="several columns called 'a'"):
        read_table(tmp_path / "my.parquet")


@pytest.mark.parametrize("keep", [0.01, 0.3, 0.6, 0.95, 0.999])
def test_that_a_truncated_file_is_refused(tmp_path: Path, keep: float) -> None:
    raw = written(tmp_path, {"a": np.arange(100.0), "b": np.arange(100.0)}).read_bytes()
    for look in (read_table, survey_file):
        with pytest.raises(DataError, match=r"'cut.parquet' is not a whole Parquet file"):
            look(put(tmp_path, raw[: int(len(raw) * keep)], "cut.parquet"))


def test_that_damage_is_found_or_harmless(tmp_path: Path) -> None:
    values = np.arange(100.0)
    raw = written(tmp_path, {"a": values, "b": values}, compression="none", use_dictionary=False).read_bytes()
    for place in range(4, len(raw), 41):
        damaged = raw[:place] + bytes([raw[place] ^ 0xFF]) + raw[place + 1 :]
        try:
            read_table(put(tmp_path, damaged, "bad.parquet"))
        except DataError as error:
            assert "bad.parquet" in str(error)  # noqa: PT017 - a number may be another one now, which nothing tells


def test_that_reading_can_be_stopped(tmp_path: Path) -> None:
    def stop(_: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        read_table(written(tmp_path, {"a": [1.0], "b": [2.0]}), progress=stop)
