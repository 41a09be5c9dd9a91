"""What is no table, or stops being one while it is read: one sentence each, and nothing is left open."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from landscape_app.core.errors import DataError, Stopped
from landscape_app.data.choosing import dataset_from_table
from landscape_app.data.files import read_table, survey_file, survey_text
from landscape_app.resource_files import resource_path
from tests.data.dialects import put

ROWS = 150_000


def refused(path: Path) -> str:
    """Return the sentence with which a file is refused, by survey and reading alike."""
    sentences = []
    for look in (survey_file, read_table):
        with pytest.raises(DataError) as caught:
            look(path)
        sentences.append(str(caught.value))
    assert sentences[1].endswith(".")
    assert "\n" not in sentences[1]
    assert len(sentences[1]) < 400
    return sentences[1]


def big_text(folder: Path, kind: str) -> Path:
    """Write a file that takes a while, for each way of reading texts."""
    cell = {"plain": "0.5", "quoted": '"0.5"', "comments": "0.5"}[kind]
    head = "# slow\nx,y\n" if kind == "comments" else "x,y\n"
    return put(folder, head + f"{cell},1.25\n" * ROWS)


def big_file(folder: Path, kind: str) -> Path:
    """Write a file that takes a while, in each format."""
    values = np.random.default_rng(0).normal(size=(ROWS, 2))
    if kind in ("plain", "quoted", "comments"):
        return big_text(folder, kind)
    path = folder / f"my.{kind}"
    if kind == "npy":
        np.save(path, np.tile(values, (8, 1)))
    elif kind == "npz":
        np.savez(path, X=values, y=values[:, 0])
    elif kind == "parquet":
        parquet.write_table(pa.table({"a": values[:, 0], "b": values[:, 1]}), path, row_group_size=10_000)
    else:
        book = openpyxl.Workbook()
        for row in [["a", "b"], *values[:3000].tolist()]:
            book.active.append(row)  # type: ignore[union-attr]
        book.save(path)
        book.close()
    return path


KINDS = ["plain", "quoted", "comments", "npy", "npz", "parquet", "xlsx"]


@pytest.mark.parametrize("kind", KINDS)
def test_that_stopping_ends_at_once_and_leaves_nothing_open(tmp_path: Path, kind: str) -> None:
    path, calls = big_file(tmp_path, kind), 0
    read_table(path)  # what libraries keep for themselves is open now

    def stop(_: float) -> None:
        nonlocal calls
        calls += 1
        raise Stopped

    before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0  # noqa: PTH208
    with pytest.raises(Stopped):
        read_table(path, progress=stop)
    gc.collect()  # a file that was left open would complain now
    assert calls == 1
    if sys.platform == "linux":
        assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", ["truncated", "grown", "overwritten"])
def test_that_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, kind: str, what: str) -> None:
    path = big_file(tmp_path, kind)
    size = path.stat().st_size

    def change(_: float) -> None:
        if what == "truncated":
            os.truncate(path, size // 2)
        elif what == "grown":
            with path.open("ab") as file:
                file.write(b"1,2\n")
        else:
            with path.open("r+b") as file:
                file.write(b"0,0\n9,9\n")
            os.utime(path, ns=(1, 1))

    with pytest.raises(DataError, match=r"was changed while it was read: open it again\."):
        read_table(path, progress=change)


@pytest.mark.skipif(sys.platform == "win32", reason="an open file can't be deleted there")
@pytest.mark.parametrize("kind", ["plain", "quoted", "comments"])
@pytest.mark.parametrize("what", ["deleted", "replaced"])
def test_that_a_file_that_vanishes_while_it_is_read_is_whole_or_refused(tmp_path: Path, kind: str, what: str) -> None:
    path = big_file(tmp_path, kind)

    def change(_: float) -> None:
        path.unlink(missing_ok=True)
        if what == "replaced":
            path.write_text("x,y\n7,7\n")

    try:
        table = read_table(path, progress=change)
    except DataError as error:
        assert "There is no file" in str(error) or "was changed" in str(error)  # noqa: PT017 - either is right
    else:
        assert table.rows == ROWS
        assert (table.numbers("y") == 1.25).all()


@pytest.mark.parametrize("kind", ["plain", "quoted", "comments", "npy", "parquet", "xlsx"])
def test_that_progress_grows_to_the_end(tmp_path: Path, kind: str) -> None:
    shares: list[float] = []
    read_table(big_file(tmp_path, kind), progress=shares.append)
    assert shares
    assert min(shares) >= 0
    assert max(shares) <= 1
    assert shares == sorted(shares)


@pytest.mark.parametrize("quote", ["", '"'], ids=["bare", "quoted"])
@pytest.mark.parametrize("line", [2, 3, 50_000])
def test_that_a_field_of_ten_megabytes_is_named_with_its_line(tmp_path: Path, quote: str, line: int) -> None:
    field = quote + "a" * 10_000_000 + quote
    path = put(tmp_path, "x,y,z\n" + "1,2,3\n" * (line - 2) + f"1,2,{field}\n" + "4,5,6\n" * 3)
    try:
        table = read_table(path)
    except DataError as error:
        assert f"Line {line} of 'my.csv'" in str(error)  # noqa: PT017 - long words are refused or named
        assert len(str(error)) < 250  # noqa: PT017
    else:
        assert f"line {line} holds 'aaaa" in table.column("z").obstacle
        assert len(table.column("z").obstacle) < 120


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "is empty"), (b" \n\n\t\n", "is empty"), (b"\xff\xfe", "is empty"),
        (b"x,y", "has a header but no rows below it"), (b"x,y\n\n# done\n", "has a header but no rows"),
        (b"value\n1\n2\n", "has only one column"), (b"a,b\nlow,high\nc,d\n", "no numeric column"),
        (b"x,y\n1,2\n3\n", "Line 3"), (b"\0\0\0\0", "NUL"), (b"x,y\n1,\0\n", "Line 2"),
        (b"%PDF-1.7", "is a PDF document"), (b"\xd0\xcf\x11\xe0\xa1\xb1", "workbook of an old kind"),
        (b"\x1f\x8b\x08", "is a compressed file"), (b"<!DOCTYPE html><p>", "is a web page"),
        (b"PK\x03\x04rest", "is not a whole archive"), (b"{\\rtf1 text", "rtf"),
    ],
)  # fmt: skip
def test_that_what_is_no_table_is_refused(tmp_path: Path, content: bytes, part: str) -> None:
    path = put(tmp_path, content)
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert "my.csv" in str(caught.value)
    assert part in str(caught.value) or part == "rtf"


def test_that_random_bytes_are_never_more_than_a_sentence(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    for size in (1, 2, 3, 10, 100, 1000, 5000):
        for _ in range(30):
            path = put(tmp_path, rng.bytes(size))
            with pytest.raises(DataError, match="my.csv"):  # noqa: RUF043
                read_table(path)


def test_that_a_constant_target_is_refused_when_it_is_chosen(tmp_path: Path) -> None:
    table = read_table(put(tmp_path, "x,y\n1,5\n2,5\n"))
    with pytest.raises(DataError, match=r"The target 'y' of 'my.csv' is 5 in every row"):
        dataset_from_table(table)


def test_that_folders_pipes_devices_and_loops_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    assert "is a folder" in refused(tmp_path)
    assert "is not an ordinary file" in refused(tmp_path / "pipe")
    for device in ("/dev/zero", "/dev/null", "/dev/tty"):
        if Path(device).exists():
            assert "is not an ordinary file" in refused(Path(device))
    assert "could not be read" in refused(tmp_path / "loop")
    assert "There is no file" in refused(tmp_path / "nowhere")
    assert "There is no file" in refused(tmp_path / "gone" / "my.csv")


def test_that_names_of_every_kind_are_opened_and_shown_on_one_line(tmp_path: Path) -> None:
    for name in ("line\nbreak.csv", "‘quoted’ 'name'.csv", "名.csv", " blank .csv", "-option.csv", "a" * 200 + ".csv"):
        path = put(tmp_path, "x,y\n1,2\n", name)
        assert read_table(path).rows == 1
        assert "\n" not in refused(put(tmp_path, "x,y\n", name))
    undecodable = os.fsencode(tmp_path) + b"/\xff.csv"
    with open(undecodable, "wb") as file:  # noqa: PTH123 - a name that is no text
        file.write(b"x,y\n1,2\n")
    assert read_table(os.fsdecode(undecodable)).rows == 1


def test_that_a_file_without_permission_is_refused_to_an_ordinary_person(tmp_path: Path) -> None:
    path = put(tmp_path, "x,y\n1,2\n")
    path.chmod(0)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/tmp"):
            folder.chmod(0o755)
    code = (
        "import sys, os\n"
        "from landscape_app.data.files import read_table\n"
        "from landscape_app.core.errors import DataError\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "try: read_table(sys.argv[1])\n"
        "except DataError as error: sys.exit(str(error))\n"
    )
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=resource_path().parent, check=False)
    assert done.stderr.strip() == f"'{path}' may not be read: ask for permission, or copy it to a folder of yours."


def test_that_a_pasted_text_is_looked_at_like_a_file() -> None:
    survey = survey_text("x\ty\n1,5\t2\n", "pasted")
    assert (survey.names, survey.cells, survey.reading.delimiter) == (("x", "y"), (("1,5", "2"),), "tab")
    for text in ("", "  \n", "word", "x\0y\n1\t2\n", "\ud800,\n1,2\n"):
        with pytest.raises(DataError):
            survey_text(text, "pasted")
