import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.core.arrays import frozen
from landscape_app.core.errors import DataError
from landscape_app.data.files import read_table
from landscape_app.data.numbers import is_missing
from landscape_app.data.reading import Reading
from landscape_app.data.table import Column, Table
from landscape_app.data.writing import write_table

NAN = float("nan")
NUMBERS = st.floats(allow_infinity=False) | st.sampled_from([1.234, -123.456, 0.5, -0.0, 5e-324, 1e22])
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
WORDS = (
    TEXT | st.sampled_from(["1", "2.5", "#x", "a,b", 'q"q', "l\nm", "l\r\nm", "l\rm", "kg", "%", "=1", "é"])
).filter(lambda word: word == word.strip() and not is_missing(word))
NAMES = TEXT.filter(lambda name: name.strip() != "") | st.sampled_from(["1", "2020", "#n", "sep=;", " padded ", "y\nz"])


def numbers(name: str, *values: float) -> Column:
    return Column(name, frozen(np.array(values)))


def words(name: str, *values: str | None) -> Column:
    order = sorted({value for value in values if value is not None})
    codes = np.array([-1 if value is None else order.index(value) for value in values])
    return Column(name, None, obstacle="words", categories=tuple(order), codes=codes)


def table(*columns: Column) -> Table:
    first = columns[0]
    rows = len(first.values if first.values is not None else first.codes)  # type: ignore[arg-type]
    return Table("my.csv", columns, rows)


def assert_equal(read: Table, written: Table) -> None:
    assert read.names == written.names
    assert read.rows == written.rows
    for new, old in zip(read.columns, written.columns, strict=True):
        if old.values is not None:
            assert new.values is not None
            gaps = np.isnan(old.values)
            np.testing.assert_array_equal(np.isnan(new.values), gaps)
            assert new.values[~gaps].tobytes() == old.values[~gaps].tobytes()
        else:
            assert new.categories == old.categories
            np.testing.assert_array_equal(new.codes, old.codes)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), rows=st.integers(1, 12))
def test_that_every_table_comes_back_as_it_was(data: st.DataObject, rows: int) -> None:
    names = data.draw(st.lists(NAMES, min_size=2, max_size=4, unique=True))
    columns = [numbers(names[0], *data.draw(st.lists(NUMBERS, min_size=rows - 1, max_size=rows - 1)), 2.5)]
    for name in names[1:]:
        if data.draw(st.booleans()):
            values = data.draw(st.lists(st.none() | WORDS, min_size=rows, max_size=rows))
            values[0] = values[0] or "a word"
            columns.append(words(name, *values))
        else:
            columns.append(numbers(name, *data.draw(st.lists(NUMBERS, min_size=rows - 1, max_size=rows - 1)), -1.5))
    data.draw(st.randoms()).shuffle(columns)
    written = table(*columns)
    with tempfile.TemporaryDirectory() as folder:
        said = write_table(Path(folder) / "my.csv", written)
        assert_equal(read_table(Path(folder) / "my.csv", said), written)


def test_that_nothing_has_to_be_said_of_an_ordinary_table(tmp_path: Path) -> None:
    written = table(
        numbers("größe", 1.234, 2.345, NAN, 1e-300), words("farbe, hell", "rot", None, 'g"r', "rot"),
        numbers("y", -1.234, 0.1, 12345.678, -0.0),
    )  # fmt: skip
    write_table(tmp_path / "my.csv", written)
    assert_equal(read_table(tmp_path / "my.csv"), written)
    assert read_table(tmp_path / "my.csv").notes == ()


def test_that_numbers_that_may_be_thousands_leave_no_doubt(tmp_path: Path) -> None:
    written = table(numbers("x", 1.234, 2.345), numbers("y", 5, 111.222))
    write_table(tmp_path / "my.csv", written)
    assert_equal(read_table(tmp_path / "my.csv"), written)


def test_that_many_rows_come_back(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=25_000)
    written = table(numbers("x", *values), numbers("y", *(-values)))
    write_table(tmp_path / "my.csv", written)
    assert_equal(read_table(tmp_path / "my.csv"), written)


def test_that_other_programs_read_the_same(tmp_path: Path) -> None:
    written = table(numbers("x, y", 0.1, NAN, 3), words("w", "a,b", 'q"q', "l\nm"), numbers("z", 1, 2, 5e-324))
    write_table(tmp_path / "my.csv", written)
    frame = pd.read_csv(tmp_path / "my.csv")
    assert list(frame.columns) == ["x, y", "w", "z"]
    np.testing.assert_array_equal(frame["x, y"], [0.1, NAN, 3])
    np.testing.assert_array_equal(frame["z"], [1, 2, 5e-324])
    assert frame["w"].tolist() == ["a,b", 'q"q', "l\nm"]


def test_that_columns_that_can_not_be_used_are_left_out(tmp_path: Path) -> None:
    texts = Column("remark", None, obstacle="line 2 holds 'a' where a number should be")
    write_table(tmp_path / "my.csv", table(numbers("x", 1, 2), texts, numbers("y", 3, 4)))
    assert (tmp_path / "my.csv").read_text() == '"x","y"\n1.0,3.0\n2.0,4.0\n'


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("NA", "means a missing value"), ("", "means a missing value"),
        (" a", "would lose the blanks"), ("a\n", "would lose the blanks"), ("a\0b", "no text file may hold"),
    ],
)  # fmt: skip
def test_that_a_word_that_could_not_come_back_is_refused_before_anything_is_written(
    tmp_path: Path, word: str, reason: str
) -> None:
    path = tmp_path / "my.csv"
    with pytest.raises(DataError, match=rf"Column 'w' of 'my.csv' holds the word .*{reason}.*save again\."):
        write_table(path, table(numbers("x", 1, 2), words("w", word, "b")))
    assert not path.exists()


def test_that_what_is_returned_tells_words_that_look_like_numbers(tmp_path: Path) -> None:
    said = write_table(tmp_path / "my.csv", table(numbers("1", 1, 2), words("zip", "01", "02"), numbers("2", 3, 4)))
    assert said == Reading(delimiter="comma", decimal="point", encoding="utf-8", header=True, kinds=(("zip", "words"),))
