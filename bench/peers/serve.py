"""The answering side of a comparison: prepares a task once, then does it whenever it is asked.

One JSON object a line comes in and one goes out. This file runs in every environment, so it needs numpy alone.

    {"do": "prepare", "task": NAME, "problem": FILE.npz, "options": {...}}  ->  {"facts": {...}}
    {"do": "run", "times": N, "save": FILE.npz or null}                     ->  {"seconds": [...], "cpu": [...]}

Whatever goes wrong is answered as {"error": SENTENCE}; the process lives on.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from time import perf_counter, process_time
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Arrays = dict[str, Array]
Options = Mapping[str, Any]


@dataclass(frozen=True)
class Timed:
    """What a piece of work says if it measures its own parts: seconds of each, and what came of it."""

    seconds: list[float]
    value: Any = None


@dataclass(frozen=True)
class Prepared:
    """A task that is ready to be done again and again.

    ``work`` does it once. ``result`` turns what ``work`` returned into arrays that can be compared. ``share`` is
    how much of the whole task ``work`` does. ``replaces`` are arrays of the problem that the task itself chose,
    for the other side to take over. ``notes`` are sentences for the report.
    """

    work: Callable[[], Any]
    result: Callable[[Any], Arrays]
    share: float = 1.0
    replaces: Arrays = field(default_factory=dict)
    notes: tuple[str, ...] = ()


Task = Callable[[Arrays, Options], Prepared]


def serve(tasks: Mapping[str, Task], packages: tuple[str, ...]) -> None:
    """Answer requests until there are no more; ``packages`` are those whose versions are to be told."""
    # What the libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    prepared: Prepared | None = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "prepare":
                prepared = None  # what it holds is let go before the next is made
                prepared, answer = _prepare(tasks, packages, request)
            else:
                assert prepared is not None
                answer = _run(prepared, request["times"], request.get("save"))
        except Exception as error:  # noqa: BLE001 - told to the other side, which decides
            answer = {"error": f"{type(error).__name__}: {error}".replace("\n", " ")[:400]}
        answers.write(json.dumps(answer) + "\n")


def version_of(package: str) -> str:
    """Return a package's version; what runs straight from its folder has none that is recorded."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "from its folder"


def _prepare(
    tasks: Mapping[str, Task], packages: tuple[str, ...], request: Mapping[str, Any]
) -> tuple[Prepared, dict[str, Any]]:
    with np.load(request["problem"]) as file:
        arrays = dict(file)
    prepared = tasks[request["task"]](arrays, request["options"])
    replaced = ""
    if prepared.replaces:
        replaced = request["problem"] + ".replaced.npz"
        np.savez(replaced, allow_pickle=False, **prepared.replaces)
    versions = {"python": sys.version.split()[0], **{name: version_of(name) for name in packages}}
    facts = {"versions": versions, "share": prepared.share, "notes": prepared.notes, "replaced": replaced}
    return prepared, {"facts": facts}


def _run(prepared: Prepared, times: int, save: str | None) -> dict[str, Any]:
    cpu, begin = process_time(), perf_counter()
    value: Any = None
    for _ in range(times):
        value = prepared.work()
    seconds, cpu_seconds = (perf_counter() - begin) / times, (process_time() - cpu) / times
    each = [seconds]
    if isinstance(value, Timed):
        each, value = value.seconds, value.value
    if save:
        np.savez(save, allow_pickle=False, **prepared.result(value))
    return {"seconds": each, "cpu": cpu_seconds}
