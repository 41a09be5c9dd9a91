"""``python3 run.py bench [names ...] [--quick] [--list]``: measure, and bring the report up to date."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.catalogue import PARTS, all_rows, chosen
from bench.drawing import drawing
from bench.errors import pictures_told, summary
from bench.growth import growth
from bench.lateness import lateness
from bench.machine import machine
from bench.measure import measured
from bench.partner import ROOT
from bench.report import as_json, as_markdown, stored, verdict

FOLDER = ROOT / "bench"
#: Random planes whose stated errors are checked, and of large data; in a quick run a tenth.
PLANES, LARGE = 4_000, 300


def main(words: Sequence[str], folder: Path = FOLDER) -> int:
    """Do what the words say; return the exit status."""
    parser = argparse.ArgumentParser(prog="run.py bench", description="Measure this program beside others.")
    parser.add_argument("names", nargs="*", help="rows or parts, or the beginnings of their names; default: all")
    parser.add_argument("--quick", action="store_true", help="few rounds and small samples: does everything run?")
    parser.add_argument("--list", action="store_true", help="list the names and leave")
    given = parser.parse_args(words)
    wanted, unknown = chosen(given.names)
    if unknown:
        say(f"There is nothing called {unknown[0]} to measure: --list tells the names.")
        return 2
    if given.list:
        titles = {name: row.title for name, row in all_rows().items()} | PARTS
        for name in wanted:
            sys.stdout.write(f"{name:40s} {titles[name]}\n")
        return 0
    report = stored(folder / "report.json")
    report["machine"] = machine()
    for name in wanted:
        say(f"Measuring {name} …")
        _measure(name, report, given.quick)
        # Written after each: an interruption loses one measurement.
        (folder / "report.json").write_text(as_json(report), encoding="utf-8")
        (folder / "report.md").write_text(as_markdown(report), encoding="utf-8")
    return 0


def _measure(name: str, report: dict[str, Any], quick: bool) -> None:
    """Put one row or part into the report."""
    if name == "growth":
        report["growth"] = list(growth(quick))
    elif name == "lateness":
        report["lateness"] = list(lateness())
    elif name == "drawing":
        report["drawing"] = list(drawing())
    elif name == "errors":
        part = 10 if quick else 1
        told = [*pictures_told(0, PLANES // part), *pictures_told(1, LARGE // part, preview=True)]
        report["errors"] = summary(told)
    else:
        order = list(all_rows())
        found = measured(all_rows()[name], quick)
        rows = {**report.get("rows", {}), name: found}
        report["rows"] = {key: rows[key] for key in order if key in rows}
        say(f"  {verdict(found)}")


def say(text: str) -> None:
    """Tell whoever waits."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
