"""Time and memory of one landscape, in a process of its own: ``python -m bench.cost '{"curve": ..., "size": ...}'``."""

import json
import resource
import statistics
import sys
from time import perf_counter
from typing import Any

from bench.ours import landscape
from bench.problems import MAKERS

#: How often at most, and for how many seconds at most a landscape is drawn again.
TIMES, PATIENCE = 7, 6.0


def peak() -> float:
    """Return the largest memory of this process so far, in MB."""
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest / (2**20 if sys.platform == "darwin" else 2**10)


def cost(words: dict[str, Any]) -> dict[str, float]:
    """Return the median seconds of a landscape and the megabytes that it takes besides its data."""
    maker, problem = words["problem"]
    arrays = MAKERS[maker](**problem)
    before = peak()
    begin = perf_counter()
    prepared = landscape(arrays, words["options"])  # draws it once
    seconds = [perf_counter() - begin]
    while len(seconds) < TIMES and sum(seconds) < PATIENCE:
        begin = perf_counter()
        prepared.work()
        seconds.append(perf_counter() - begin)
    return {"seconds": statistics.median(seconds[1:] or seconds), "megabytes": peak() - before}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(cost(json.loads(sys.argv[1]))) + "\n")
