"""The one place that decides whether large array work uses a second thread."""

import contextlib
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

#: Two threads are worth their while from so many elementary operations on.
LARGE_WORK = 4_000_000
#: Never more: the window wants its share of the machine.
THREADS = 2


def threads_for(work: float) -> int:
    """Return how many threads to use for so many elementary operations (about a nanosecond each)."""
    return THREADS if work >= LARGE_WORK and (os.cpu_count() or 1) >= THREADS else 1


#: The beginning of the threads' names.
NAME = "landscape"


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix=NAME, initializer=_step_back)


def _step_back() -> None:
    """Let the window's thread go first where the system allows it."""
    if sys.platform == "linux":  # where a thread has a priority of its own
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)


def in_parallel(function: Callable[[T], R], parts: Iterable[T], work: float) -> Iterator[R]:
    """Yield ``function(part)`` for every part, in their order, whichever is ready first.

    ``work`` is the number of elementary operations in all. Only a few parts are under way at a time, so that
    whoever stops asking stops the work. Sums taken in this order are the same with one thread and with two.
    A part should take a millisecond or more: numpy's larger functions then run side by side.
    """
    # A part that shares out its own work would wait for threads that wait for it.
    if threads_for(work) == 1 or threading.current_thread().name.startswith(f"{NAME}_"):
        yield from map(function, parts)
        return
    waiting: deque[Future[R]] = deque()
    todo = iter(parts)
    try:
        for part in todo:
            waiting.append(_pool().submit(function, part))
            if len(waiting) > THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
