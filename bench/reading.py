"""Reading a file against ``pandas.read_csv(path)`` alone: ``python bench/reading.py [rows]``.

Both read the same file in turn in one run; a row gives the medians with half the range, the smallest times, and the
median of the ratios. Memory (on Linux) is the peak above what was there before, in a process of its own, against the
size of the numbers.
"""

import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
import openpyxl
import pandas as pd

from landscape_app.core.arrays import FloatArray
from landscape_app.data.files import read_table

ROUNDS = 7
COLUMNS = 10
NAMES = [f"x{j}" for j in range(COLUMNS)]


def write_numbers(path: Path, values: FloatArray, encoding: str = "utf-8") -> None:
    """Write commas and decimal points."""
    pd.DataFrame(values, columns=NAMES).to_csv(path, index=False, encoding=encoding)


def write_words(path: Path, values: FloatArray) -> None:
    """Write a column of words in quotation marks among the numbers."""
    frame = pd.DataFrame(values, columns=NAMES)
    frame["x4"] = np.where(values[:, 4] > 0, "warm, dry", "cold")
    frame.to_csv(path, index=False, quotechar='"', quoting=2)


def write_german(path: Path, values: FloatArray) -> None:
    """Write semicolons and decimal commas."""
    pd.DataFrame(values, columns=NAMES).to_csv(path, index=False, sep=";", decimal=",")


def write_workbook(path: Path, values: FloatArray) -> None:
    """Write one sheet."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("data")
    for row in (NAMES, *values.tolist()):
        sheet.append(row)
    book.save(path)


def seconds(work: Callable[[], object]) -> float:
    """Return how long ``work`` takes once."""
    begin = perf_counter()
    work()
    return perf_counter() - begin


def compare(label: str, path: Path, alone: Callable[[], object], rounds: int = ROUNDS) -> None:
    """Read in turn and print one row."""
    read_table(path)
    pairs = [(seconds(alone), seconds(lambda: read_table(path))) for _ in range(rounds)]
    pandas, ours = ([pair[i] for pair in pairs] for i in (0, 1))
    ratio = statistics.median(b / a for a, b in pairs)
    sys.stdout.write(
        f"{label:28} {spread(pandas):>14} {min(pandas):7.2f} {spread(ours):>14} {min(ours):7.2f} {ratio:6.2f}\n"
    )
    sys.stdout.flush()


def spread(times: list[float]) -> str:
    """Return the median with half the range."""
    return f"{statistics.median(times):.2f} ± {(max(times) - min(times)) / 2:.2f}"


def memory(path: Path) -> float:
    """Return how many bytes reading takes at its peak, in a process that has imported all it needs."""
    warm = path.parent / "warm.csv"
    warm.write_text("x,y\n" + "1,2.5\n" * 100)
    command = [sys.executable, __file__, "--peak", str(path), str(warm)]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def peak(path: Path, warm: Path) -> None:
    """Print the growth of the resident memory while a file is read."""
    read_table(warm)
    before = most_resident(afresh=True)
    read_table(path)
    sys.stdout.write(str(most_resident() - before))


def most_resident(*, afresh: bool = False) -> int:
    """Return the most bytes that were resident so far, or from now on; Linux only."""
    if afresh:
        Path("/proc/self/clear_refs").write_text("5")
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def main(rows: int) -> None:
    """Print one row for each kind of file, then the memory."""
    out = sys.stdout.write
    out(f"Python {platform.python_version()}, pandas {pd.__version__}, numpy {np.__version__}, {platform.machine()}\n")
    out(f"{rows:,} rows of {COLUMNS} numbers, seconds\n")
    out(f"{'file':28} {'pandas':>14} {'min':>7} {'read_table':>14} {'min':>7} {'ratio':>6}\n")
    values = np.random.default_rng(0).normal(size=(rows, COLUMNS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "numbers.csv"
        write_numbers(path, values)
        compare("numbers", path, lambda: pd.read_csv(path))
        taken = memory(path) / values.nbytes
        write_words(path, values)
        compare("with quoted words", path, lambda: pd.read_csv(path))
        write_german(path, values)
        compare("semicolons, decimal commas", path, lambda: pd.read_csv(path, sep=";", decimal=","))
        write_numbers(path, values, "utf-16")
        compare("UTF-16", path, lambda: pd.read_csv(path, encoding="utf-16"))
        book = Path(folder) / "numbers.xlsx"
        write_workbook(book, values[: rows // 10])
        compare(f"XLSX, {rows // 10:,} rows", book, lambda: pd.read_excel(book), rounds=2)
    out(f"peak memory of reading the numbers: {taken:.2f} times their array of {values.nbytes / 1e6:.0f} MB\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        peak(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
