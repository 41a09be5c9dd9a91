"""One comparison: both sides made ready, checked to be equal, then timed in turn."""

import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from bench.catalogue import Row, Side
from bench.environments import UnavailableError, environments, ready_python
from bench.partner import Partner, PartnerError
from bench.peers.serve import Arrays
from bench.problems import MAKERS
from bench.statistics import summary

#: What our own processes are started with, as the program does for itself: see `landscape_app.cli`.
AS_THE_PROGRAM = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYDANTIC_DISABLE_PLUGINS": "__all__"}

Result = dict[str, Any]


def measured(row: Row, quick: bool) -> Result:
    """Return what came of one comparison; where a side can't be had, why."""
    result: Result = {"name": row.name, "title": row.title, "target": row.target, "sizes": dict(row.sizes)}
    result |= {"peer": row.peer.environment or row.peer.module.rsplit(".", 1)[-1], "checked": row.checked}
    try:
        with tempfile.TemporaryDirectory(prefix="landscape-bench-") as folder, ExitStack() as sides:
            ours, peer = (sides.enter_context(_partner(side, folder)) for side in (row.ours, row.peer))
            _prepare(row, ours, peer, Path(folder), quick)
            result |= _compared(row, ours, peer)
            if result["difference"] <= row.tolerance:
                result |= _timed(row, ours, peer, row.quick_rounds if quick else row.rounds)
    except (PartnerError, UnavailableError) as error:
        result["reason"] = str(error)
    return result


def _partner(side: Side, folder: str) -> Partner:
    """Start one side; its settings and logs go into ``folder``, none of the user's are touched."""
    own = {"LANDSCAPE_CONFIG_DIR": folder, "LANDSCAPE_LOG_DIR": folder}
    if not side.module.startswith("bench.peers"):
        own |= AS_THE_PROGRAM
    python = ready_python(environments()[side.environment]) if side.environment else sys.executable
    return Partner(python, side.module, own)


def _prepare(row: Row, ours: Partner, peer: Partner, folder: Path, quick: bool) -> None:
    maker, words = row.problem
    problem = folder / "problem.npz"
    arrays: Arrays = MAKERS[maker](**words)
    np.savez(problem, allow_pickle=False, **arrays)
    options = {
        "ours": {**row.options, **row.ours.options},
        "peer": {**row.options, **row.peer.options, "points": row.quick_points if quick else row.points},
    }
    both = {"ours": (ours, row.ours), "peer": (peer, row.peer)}
    for name in (row.leads, "peer" if row.leads == "ours" else "ours"):
        partner, side = both[name]
        partner.prepare(side.task, problem, options[name])
        if partner.facts["replaced"]:
            with np.load(partner.facts["replaced"]) as replaced:
                arrays = {**arrays, **replaced}
            np.savez(problem, allow_pickle=False, **arrays)


def _compared(row: Row, ours: Partner, peer: Partner) -> Result:
    """Return how far the two sides' results differ, relative to their mean."""
    return {
        "difference": difference(ours.result(), peer.result()),
        "tolerance": row.tolerance,
        "versions": {"ours": ours.facts["versions"], "peer": peer.facts["versions"]},
        "notes": [*row.notes, *ours.facts["notes"], *peer.facts["notes"]],
    }


def difference(ours: Mapping[str, Any], peer: Mapping[str, Any]) -> float:
    """Return the largest difference of what both sides have, relative to the mean size of ours.

    A peer that did a part of the work says which: ``index`` picks nodes, or its arrays are shorter. Infinite
    where nothing can be compared.
    """
    shared = [name for name in ours if name in peer and name != "index"]
    worst = 0.0 if shared else np.inf
    for name in shared:
        a, b = np.asarray(ours[name], float), np.asarray(peer[name], float)
        a = a.ravel()[np.asarray(peer["index"])] if "index" in peer else a[: len(b)]
        b = b.reshape(a.shape) if "index" in peer else b[: len(a)]
        scale = float(np.abs(a).mean()) or 1.0
        far = float(np.abs(a - b).max()) / scale
        worst = max(worst, far if np.isfinite(far) else np.inf)
    return worst


def _timed(row: Row, ours: Partner, peer: Partner, rounds: int) -> Result:
    """Let the two sides work in turn; short work of ours is repeated until it can be timed."""
    first, _ = ours.run()
    times = 1 if len(first) > 1 else min(1000, max(1, round(row.at_least / max(first[0], 1e-6))))
    peer.run()
    seconds: dict[str, list[float]] = {"ours": [], "peer": []}
    cpu: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(rounds):
        for name, partner, count in (("ours", ours, times), ("peer", peer, 1)):
            each, busy = partner.run(count)
            share = partner.facts["share"]
            seconds[name] += [part / share for part in each]
            cpu[name].append(busy / share)
    a, b = summary(seconds["ours"]), summary(seconds["peer"])
    ratio = b["median"] / a["median"]
    met = ratio >= row.target and (row.p95_below is None or a["p95"] <= row.p95_below)
    return {
        "ours": a,
        "theirs": b,
        "cpu": {name: summary(busy)["median"] for name, busy in cpu.items()},
        "ratio": ratio,
        "met": met,
        "p95_below": row.p95_below,
        "rounds": rounds,
        "repeated": times,
        "share": peer.facts["share"],
        "seconds": seconds,
    }
