"""The report: tables for people in ``report.md``, everything in ``report.json``."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.lateness import MOST, P99

Entry = dict[str, Any]

#: Why a target is missed where it is; told beside it for as long as it is.
REASONS = {
    "plane-loss-landscapes": (
        "; nine tenths of our time are 661 exact losses of 8,000 sigmoids each, at some 2 ns, three passes of numpy "
        "each; fewer nodes would not reach 1e-8, and a second thread gains nothing: the passes of 100 µs wait for the "
        "interpreter"
    ),
    "contours-matplotlib": (
        "; both sides trace the lines with contourpy, and tracing tile by tile has already halved our share of it"
    ),
}

#: Why the window answers later than hoped for where it does.
LATE = (
    " Where the target is missed with the surface closed: at each change of the ranges the window draws axes, path and "
    "map again in some 10 ms (with a map of 17² nodes the 99th percentile is 14 ms), and takes up to twice as long "
    "while the worker asks for the interpreter in between. Maps are coloured and their lines traced on the worker."
)

INTRODUCTION = """\
# Benchmarks

Made by `python3 run.py bench`. Both sides of a row get the same numbers and are first checked to give the same
result; then they work in turn in one run, each in a process of its own. Times are medians, in brackets the quartiles.
Ours is the program itself: the functions that its window calls, or the window. Where a peer would take minutes
it does a part of the work, which its row names, and the time is extrapolated."""


def as_json(report: Entry) -> str:
    """Return everything that was measured."""
    return json.dumps(report, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def as_markdown(report: Entry) -> str:
    """Return the tables."""
    parts = [INTRODUCTION, _machine(report["machine"]), _comparisons(report.get("rows", {}))]
    if report.get("errors"):
        parts.append(_errors(report["errors"]))
    if report.get("growth"):
        parts.append(_growth(report["growth"]))
    if report.get("drawing"):
        parts.append(_drawing(report["drawing"]))
    if report.get("lateness"):
        parts.append(_lateness(report["lateness"]))
    parts.append(_details(report.get("rows", {})))
    return "\n\n".join(part for part in parts if part) + "\n"


def stored(path: Path) -> Entry:
    """Return an earlier report, or an empty one where there is none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def duration(seconds: float) -> str:
    """Return a time with three digits and the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size or unit == "µs":
            return f"{seconds / size:.3g} {unit}" if seconds / size < 1000.0 else f"{seconds / size:,.0f} {unit}"
    raise AssertionError("the last unit takes everything")


def spread(times: Entry) -> str:
    """Return a median with its quartiles."""
    return f"{duration(times['median'])} ({duration(times['low_quartile'])}–{duration(times['high_quartile'])})"


def factor(ratio: float) -> str:
    """Return how many times faster."""
    return f"{ratio:,.0f}×" if ratio >= 100.0 else f"{ratio:.3g}×"


def verdict(row: Entry) -> str:
    """Say whether the target is met, and how far it is if not."""
    if "reason" in row:
        return f"not measured: {row['reason']}"
    if "ratio" not in row:
        return f"not equal: {row['difference']:.1e}"
    if row["met"]:
        return "met"
    missed = []
    if row["ratio"] < row["target"]:
        missed.append(f"{row['ratio'] / row['target']:.0%} of the target")
    if row["p95_below"] is not None and row["ours"]["p95"] > row["p95_below"]:
        missed.append(f"95th percentile {duration(row['ours']['p95'])} instead of {duration(row['p95_below'])}")
    return "missed: " + ", ".join(missed) + REASONS.get(row["name"], "")


def _machine(machine: Entry) -> str:
    return "## The machine\n\n" + "\n".join(f"- {name}: {value}" for name, value in machine.items())


def _comparisons(rows: dict[str, Entry]) -> str:
    if not rows:
        return ""
    lines = []
    for row in rows.values():
        sizes = ", ".join(f"{name} = {value:,}" for name, value in row["sizes"].items())
        timed = "ratio" in row
        lines.append([
            f"{row['title']} — {row['peer']}",
            sizes,
            spread(row["ours"]) if timed else "",
            spread(row["theirs"]) + ("" if row["share"] == 1.0 else " *extrapolated*") if timed else "",
            factor(row["ratio"]) if timed else "",
            factor(row["target"]),
            verdict(row) + (f" ({row['note']})" if row.get("note") else ""),
        ])  # fmt: skip
    head = ["what — peer", "sizes", "ours", "peer", "factor", "target", ""]
    return "## Side by side\n\n" + table(head, lines)


def _details(rows: dict[str, Entry]) -> str:
    if not rows:
        return ""
    lines = []
    for name, row in rows.items():
        if "difference" not in row:
            continue
        versions = "; ".join(
            f"{side}: " + ", ".join(f"{package} {number}" for package, number in packages.items())
            for side, packages in row["versions"].items()
        )
        notes = "; ".join(row["notes"])
        rounds = f"{row['rounds']} rounds of {row['repeated']}" if "rounds" in row else ""
        equal = f"{row['checked']}: {row['difference']:.1e} (at most {row['tolerance']:.0e})"
        lines.append([name, equal, rounds, notes, versions])
    return "## How it was measured\n\n" + table(["row", "checked equal", "rounds", "notes", "versions"], lines)


def _errors(errors: dict[str, Entry]) -> str:
    lines = [
        [name, f"{found['pictures']:,}", f"{found['share']:.2%}", f"{found['median']:.2g}", f"{found['largest']:.2g}"]
        for name, found in errors.items()
    ]
    head = ["the map says", "pictures", "it holds in", "true / stated, median", "largest"]
    about = (
        "Pictures of random planes of the sigmoid network, from gentle to saturated, each compared with the forward "
        "equations at every node."
    )
    return f"## How honest the stated errors are\n\n{about}\n\n{table(head, lines)}"


def _growth(curves: list[Entry]) -> str:
    lines = []
    for curve in curves:
        fixed = ", ".join(f"{name} = {value:,}" for name, value in curve["fixed"].items() if value)
        points = "; ".join(_point(point) for point in curve["points"])
        slopes = [curve["slope"], curve["memory_slope"]]
        lines.append([
            curve["title"], f"{curve['grows']} ({fixed})", points, *("–" if s is None else f"{s:.2f}" for s in slopes)
        ])  # fmt: skip
    about = (
        "One landscape with everything that it needs; memory is what is taken besides the data. The slopes are those "
        "of the three largest sizes on logarithmic scales: 1 means that twice the size takes twice as much."
    )
    head = ["landscape", "what grows", "time, memory", "slope of time", "of memory"]
    return f"## As the work grows\n\n{about}\n\n{table(head, lines)}"


def _point(point: Entry) -> str:
    if "reason" in point:
        return f"{point['size']:,}: {point['reason']}"
    return f"{point['size']:,}: {duration(point['seconds'])}, {point['megabytes']:.0f} MB"


def _drawing(cases: list[Entry]) -> str:
    lines = []
    for case in cases:
        if "reason" in case:
            lines.append([case["title"], case["reason"], "", "", ""])
            continue
        verdict = "met" if case["met"] else "missed"
        lines.append([case["title"], *(duration(case[name]) for name in ("median", "p95", "most")), verdict])
    about = "From the new moment to the pixels, in the real window of 1440 × 900."
    return f"## What drawing takes\n\n{about}\n\n{table(['what', 'median', '95th percentile', 'target', ''], lines)}"


def _lateness(cases: list[Entry]) -> str:
    lines = []
    for case in cases:
        surface = "open" if case["surface"] else "closed"
        if "reason" in case:
            lines.append([case["title"], surface, case["reason"], "", "", "", ""])
            continue
        rest, busy = case["rest"], case["busy"]
        missed = "" if case["surface"] else "met" if case["met"] else "missed"
        lines.append([
            case["title"], surface, f"{rest['p99']:.1f} / {rest['max']:.1f}",
            *(f"{busy[name]:.1f}" for name in ("p50", "p99", "max")), f"{case['maps']:,} {missed}".strip()
        ])  # fmt: skip
    about = (
        "Milliseconds by which a timer of 5 ms comes late, in the real window of 1440 × 900, at rest and while the "
        f"ranges of the map ({cases[0]['G']}² nodes, m = {cases[0]['m']:,}) change ten times a second. Closed, it is "
        f"the computation's share (targets: p99 under {P99:.0f}, largest under {MOST:.0f}); open, also the painting's."
    )
    if any(not case.get("met", True) for case in cases):
        about += LATE
    head = ["map", "surface", "at rest: p99 / largest", "busy: median", "p99", "largest", "maps drawn"]
    return f"## How late the window answers\n\n{about}\n\n{table(head, lines)}"
