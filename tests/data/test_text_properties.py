"""What is written with repr is read back equal, whatever it is."""

import csv
import io
import math
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.data import Table, read_table

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
#: Any text without NUL and lone surrogates; a name may not look like a number or be blank.
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).map(lambda text: f"n{text}")


def read_text(text: str) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_bytes(text.encode())
        return read_table(path)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=40), newline=st.sampled_from(["\n", "\r\n"]))
def test_that_floats_are_read_back_to_the_last_bit(rows: list[tuple[float, float]], newline: str) -> None:
    table = read_text(newline.join(["x,y", *(f"{x!r},{y!r}" for x, y in rows), ""]))
    read = np.stack([table.numbers("x"), table.numbers("y")], axis=1)
    assert read.tobytes() == np.array(rows).tobytes()


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(*(st.one_of(st.integers(), NUMBERS, st.none()) for _ in range(2))), min_size=1, max_size=20)
)
def test_that_whole_numbers_of_any_size_and_gaps_may_be_mixed_in(rows: list[tuple[float | None, ...]]) -> None:
    table = read_text(
        "\n".join(["x,y,z", *(",".join("" if v is None else repr(v) for v in (*row, 1)) for row in [*rows, (1, 2)])])
    )
    for position, name in enumerate("xy"):
        expected = [math.nan if row[position] is None else float(row[position] or 0) for row in rows]
        np.testing.assert_array_equal(table.numbers(name)[:-1], expected)


@settings(max_examples=60, deadline=None)
@given(names=st.lists(NAMES, min_size=2, max_size=5, unique=True))
def test_that_any_name_survives_quoting(names: list[str]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([names, range(len(names))])
    table = read_text(text.getvalue())
    assert table.names == tuple(names)
    assert [table.numbers(name)[0] for name in names] == list(range(len(names)))
