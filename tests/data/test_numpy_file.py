import io
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landscape_app.core.errors import DataError, Stopped
from landscape_app.data import numpy_file
from landscape_app.data.files import read_table, survey_file
from landscape_app.data.reading import DoubtError, Reading
from tests.data.dialects import put, same_bits

VALUES = np.random.default_rng(1).normal(size=(50, 3))


def npy(array: Any, **options: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, array, **options)
    return out.getvalue()


def lying(shape: str, dtype: str = "<f8", values: bytes = b"") -> bytes:
    """Return an array file whose header says what it likes."""
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (63 - (len(header) + 10) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + values


def npz(folder: Path, **arrays: Any) -> Path:
    np.savez(folder / "my.npz", **arrays)
    return folder / "my.npz"


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", "<f2", "<i8", ">i4", "u1", "bool"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_that_arrays_of_every_real_type_are_read(tmp_path: Path, dtype: str, order: Any) -> None:
    values = np.array(VALUES * 3 > 0 if dtype == "bool" else np.abs(VALUES * 9), dtype=dtype, order=order)
    table = read_table(put(tmp_path, npy(values), "my.npy"))
    assert table.names == ("column 1", "column 2", "column 3")
    assert same_bits(table, values.astype(float).tolist())
    survey = survey_file(tmp_path / "my.npy")
    assert (survey.form, survey.names, len(survey.cells), survey.whole) == ("npy", table.names, 50, True)


def test_that_a_format_of_version_two_and_three_is_read(tmp_path: Path) -> None:
    for version in ((1, 0), (2, 0), (3, 0)):
        out = io.BytesIO()
        np.lib.format.write_array(out, VALUES, version=version)
        assert same_bits(read_table(put(tmp_path, out.getvalue(), "my.npy")), VALUES.tolist())


def test_that_named_fields_are_columns(tmp_path: Path) -> None:
    rows = np.array([(1, 2.5), (3, np.nan)], dtype=[("n", "i4"), ("größe", "f8")])
    table = read_table(put(tmp_path, npy(rows), "my.npy"))
    assert table.names == ("n", "größe")
    assert same_bits(table, [[1, 2.5], [3, np.nan]])


def test_that_arrays_of_equal_length_stand_side_by_side(tmp_path: Path) -> None:
    table = read_table(npz(tmp_path, X=VALUES[:, :2], y=VALUES[:, 2], w1=VALUES[:, :2]))
    assert table.names == ("X1", "X2", "y", "w1 1", "w1 2")
    assert table.target == "y"
    np.testing.assert_array_equal(table.numbers("y"), VALUES[:, 2])
    assert survey_file(tmp_path / "my.npz").parts == ("X", "y", "w1")


def test_that_one_array_among_scraps_is_the_table_and_of_several_it_is_asked(tmp_path: Path) -> None:
    path = npz(tmp_path, table=VALUES, seed=np.array([3]), note=np.arange(5))
    assert same_bits(read_table(path), VALUES.tolist())
    path = npz(tmp_path, train=VALUES, test=VALUES[:10] * 2)
    with pytest.raises(DoubtError, match=r"2 arrays that don't go together: say --sheet train or --sheet test\."):
        read_table(path)
    assert survey_file(path).doubts[0].choices == ("train", "test")
    assert same_bits(read_table(path, Reading(part="test")), (VALUES[:10] * 2).tolist())
    with pytest.raises(DataError, match=r"has no array called 'other': it has 'train', 'test'\."):
        read_table(path, Reading(part="other"))


def test_that_a_packed_file_is_read_and_rows_may_be_limited(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "my.npz", a=VALUES)
    table = read_table(tmp_path / "my.npz", Reading(rows=7))
    assert same_bits(table, VALUES[:7].tolist())
    assert table.notes == ("Only the first 7 rows were read.",)
    assert all(not column.values.flags.writeable for column in table.columns if column.values is not None)


def test_that_a_number_may_mean_a_missing_value(tmp_path: Path) -> None:
    path = put(tmp_path, npy(np.array([[1.0, -999], [2, 3]])), "my.npy")
    np.testing.assert_array_equal(read_table(path, Reading(missing=("-999",))).numbers("column 2"), [np.nan, 3])


class Creates:
    """Unpickled, it would create a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def test_that_a_pickle_is_never_executed(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    objects = np.empty((2, 2), dtype=object)
    objects[:] = Creates(trap)
    contents = {"a.npy": npy(objects, allow_pickle=True), "b.pkl": pickle.dumps(Creates(trap))}
    contents |= {"c.npy": pickle.dumps(Creates(trap)), "d.csv": pickle.dumps(Creates(trap), protocol=2)}
    contents |= {"e.csv": pickle.dumps(Creates(trap), protocol=0), "f.json": pickle.dumps([Creates(trap)])}
    contents["g.npy"] = npy(np.array([(1, Creates(trap))], dtype=[("x", "f8"), ("o", object)]), allow_pickle=True)
    paths = [put(tmp_path, content, name) for name, content in contents.items()]
    np.savez(tmp_path / "h.npz", allow_pickle=True, x=VALUES, o=objects)
    for path in (*paths, tmp_path / "h.npz"):
        for look in (read_table, survey_file):
            with pytest.raises(DataError, match=path.name):
                look(path)
    assert not trap.exists()
    pickle.loads(contents["b.pkl"])
    assert trap.exists()  # the trap would have worked


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (lying("(1000000000000, 10)"), "says that it has shape"),
        (lying("(4, 2)", values=bytes(60)), "does not go with its"),
        (lying("(4, 2)", values=bytes(70)), "does not go with its"),
        (lying("(-4, -2)", values=bytes(64)), "does not go with its"),
        (lying("(2, 2, 2)", values=bytes(64)), "has 3 dimensions"),
        (lying("()", values=bytes(8)), "has 0 dimensions"),
        (lying("(0, 2)"), "is empty"),
        (lying("(2.5, 2)", values=bytes(40)), "not a whole array"),
        (lying("'ab'", values=bytes(40)), "not a whole array"),
        (lying("(2, 2)", dtype="<c16", values=bytes(64)), "not real numbers"),
        (lying("(2, 2)", dtype="<U4", values=bytes(64)), "not real numbers"),
        (lying("(2, 2)", dtype="<M8[s]", values=bytes(32)), "not real numbers"),
        (lying("(2, 2)", dtype="|O", values=bytes(32)), "Python objects"),
        (lying("(2, 2)", dtype="nonsense"), "not a whole array"),
        (lying("(2, True)", values=bytes(16)), "does not go with its"),
        (b"\x93NUMPY", "not a whole array"),
        (b"\x93NUMPY\x09\x00" + bytes(50), "not a whole array"),
        (b"\x93NUMPY\x01\x00\xff\xff" + b"{" * 100, "not a whole array"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + b"{" * 100, "not a whole array"),
        (b"\x93NUMPY\x01\x00\x76\x00" + b"(" * 118, "not a whole array"),
        (npy(VALUES)[:100], "not a whole array"),
        (npy(VALUES)[:-1], "does not go with its"),
        (npy(VALUES) + b"\0", "does not go with its"),
        (npy(np.array([[1.0, np.inf], [2, 3]])), r"Column 'column 2' .*infinite number \(row 1 holds 'inf'\)"),
        (npy(np.array([1.0, 2.0])), "only one numeric column"),
        (b"", "empty"),
    ],
)  # fmt: skip
def test_that_a_bad_array_file_is_refused_before_memory_is_taken(tmp_path: Path, content: bytes, part: str) -> None:
    with pytest.raises(DataError, match=part) as caught:
        read_table(put(tmp_path, content, "my.npy"))
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.99])
def test_that_a_truncated_archive_is_refused(tmp_path: Path, keep: float) -> None:
    raw = npz(tmp_path, X=VALUES, y=VALUES[:, 0]).read_bytes()
    with pytest.raises(DataError, match=r"'cut.npz' is not a whole archive"):
        read_table(put(tmp_path, raw[: int(keep * len(raw))], "cut.npz"))


def test_that_damage_inside_an_archive_is_found(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "my.npz", X=VALUES, y=VALUES[:, 0])
    raw = bytearray((tmp_path / "my.npz").read_bytes())
    for place in range(60, len(raw) - 400, 97):
        damaged = bytes(raw[:place]) + bytes([raw[place] ^ 0xFF]) + bytes(raw[place + 1 :])
        with pytest.raises(DataError, match="bad.npz"):  # noqa: RUF043 - any of the sentences
            read_table(put(tmp_path, damaged, "bad.npz"))


def test_that_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.savez_compressed(tmp_path / "my.npz", a=np.zeros((1 << 18, 4)))
    monkeypatch.setattr(numpy_file, "MOST_BYTES", 4 << 20)
    with pytest.raises(DataError, match=r"The array 'a' of 'my.npz' unpacks to 0.0 GB: save a part of it\."):
        read_table(tmp_path / "my.npz")


def test_that_a_member_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "my.npz", "w") as archive:
        archive.writestr("a.npy", lying("(1000000000, 2)", values=bytes(64)))
    with pytest.raises(DataError, match=r"The array 'a' of 'my.npz' says that it has shape"):
        read_table(tmp_path / "my.npz")


@pytest.mark.parametrize("name", ["my.npy", "my.npz"])
def test_that_reading_can_be_stopped(tmp_path: Path, name: str) -> None:
    (np.save if name == "my.npy" else np.savez)(tmp_path / name, VALUES)
    shares: list[float] = []
    read_table(tmp_path / name, progress=shares.append)
    assert shares[-1] == 1.0

    def stop(_: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        read_table(tmp_path / name, progress=stop)
