"""Work shared out among threads: the same results in the same order, and nothing goes on that nobody waits for."""

import os
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from landscape_app.core import threads
from landscape_app.core.threads import in_parallel, threads_for

#: Enough to be shared out, and not.
MUCH, LITTLE = 1e9, 1.0
#: Longer than any test may take; a test waits for facts.
LONG = 20.0


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def wait_until(fact: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not fact():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.001)


def is_idle() -> bool:
    """Whether the threads take on something new at once, so that nothing is left running or waiting."""
    gate = threading.Barrier(threads.THREADS)
    return list(in_parallel(lambda _: gate.wait(LONG) >= 0, range(threads.THREADS), MUCH)) == [True] * threads.THREADS


@pytest.mark.parametrize(
    ("work", "count"), [(LITTLE, 1), (threads.LARGE_WORK - 1, 1), (threads.LARGE_WORK, 2), (MUCH, 2)]
)
def test_that_only_large_work_is_shared_out(work: float, count: int) -> None:
    assert threads_for(work) == count


@pytest.mark.parametrize("processors", [1, None])
def test_that_one_processor_has_one_thread(processors: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert threads_for(MUCH) == 1
    here = threading.get_ident()
    assert list(in_parallel(lambda _: threading.get_ident(), range(5), MUCH)) == [here] * 5


@pytest.mark.parametrize("work", [LITTLE, MUCH])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 50])
def test_that_results_come_in_the_order_of_the_parts(work: float, count: int) -> None:
    def late_at_first(part: int) -> int:
        time.sleep(0.002 if part % 3 == 0 else 0.0)
        return part * part

    assert list(in_parallel(late_at_first, range(count), work)) == [part * part for part in range(count)]
    assert list(in_parallel(late_at_first, iter(range(count)), work)) == [part * part for part in range(count)]


def test_that_the_first_result_waits_for_no_later_one() -> None:
    """The second part ends only when the first result is there."""
    seen = threading.Event()
    results = in_parallel(lambda part: part == 0 or seen.wait(LONG), range(2), MUCH)
    first_two = iter(results)
    # Two parts are fewer than may be under way, so that the first is asked for when both have been given out.
    assert next(first_two) is True
    seen.set()
    assert next(first_two) is True


def test_that_two_parts_run_at_once_and_neither_here() -> None:
    gate = threading.Barrier(2)
    names: set[str] = set()

    def part(_: int) -> bool:
        gate.wait(LONG)  # opens only when two parts wait at the same time
        names.add(threading.current_thread().name)
        return True

    assert all(in_parallel(part, range(4), MUCH))
    assert len(names) == 2
    assert threading.current_thread().name not in names


@pytest.mark.parametrize("work", [LITTLE, MUCH])
@pytest.mark.parametrize("bad", [0, 1, 4, 9])
def test_that_an_error_in_a_part_comes_through_in_its_place(work: float, bad: int) -> None:
    def part(number: int) -> int:
        if number == bad:
            raise ArithmeticError(f"part {number}")
        return number

    results = in_parallel(part, range(10), work)
    assert [next(results) for _ in range(bad)] == list(range(bad))
    with pytest.raises(ArithmeticError):
        next(results)
    assert is_idle()


@pytest.mark.parametrize("work", [LITTLE, MUCH])
def test_that_an_error_in_the_parts_themselves_comes_through(work: float) -> None:
    def parts() -> Iterator[int]:
        yield 1
        yield 2
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        list(in_parallel(lambda part: part, parts(), work))
    assert is_idle()


def test_that_numpy_warnings_are_errors_in_every_thread() -> None:
    """Tests that say so would miss what a thread keeps to itself."""
    with pytest.raises(RuntimeWarning, match="divide by zero"):
        list(in_parallel(lambda _: np.ones(3) / np.zeros(3), range(3), MUCH))


@pytest.mark.parametrize("work", [LITTLE, MUCH])
@pytest.mark.parametrize("taken", [0, 1, 5])
def test_that_whoever_stops_asking_stops_the_work(work: float, taken: int) -> None:
    begun: list[int] = []

    def part(number: int) -> int:
        begun.append(number)
        return number

    results = in_parallel(part, range(10_000), work)
    assert [next(results) for _ in range(taken)] == list(range(taken))
    wait_until(is_idle)
    before = len(begun)
    assert before <= taken + threads.THREADS + 1
    results.close()  # type: ignore[attr-defined]
    assert is_idle()
    assert len(begun) == before


def test_that_parts_that_wait_for_their_turn_are_called_off() -> None:
    """One thread is busy for others; the second part keeps the other, and the third never has its turn."""
    go = threading.Event()
    begun: list[int] = []

    def part(number: int) -> int:
        begun.append(number)
        if number == 1:
            go.wait(LONG)
        return number

    others = in_parallel(lambda number: number != 1 or go.wait(LONG), range(3), MUCH)
    assert next(others) is True
    results = in_parallel(part, range(100), MUCH)
    assert next(results) == 0
    wait_until(lambda: begun == [0, 1])
    results.close()  # type: ignore[attr-defined]
    go.set()
    assert list(others) == [True, True]
    assert is_idle()
    assert begun == [0, 1]


def test_that_only_a_few_parts_are_asked_for_ahead() -> None:
    asked: list[int] = []

    def parts() -> Iterator[int]:
        for number in range(1000):
            asked.append(number)
            yield number

    for number in in_parallel(lambda part: part, parts(), MUCH):
        assert len(asked) <= number + threads.THREADS + 1


def test_that_a_part_may_share_out_its_own_work() -> None:
    """All threads may be busy with parts that would wait for a thread."""

    def part(number: int) -> int:
        return sum(in_parallel(lambda inner: number * inner, range(10), MUCH))

    assert list(in_parallel(part, range(8), MUCH)) == [45 * number for number in range(8)]


def test_that_two_rounds_of_work_do_not_mix() -> None:
    one = in_parallel(lambda part: part, range(20), MUCH)
    other = in_parallel(lambda part: -part, range(20), MUCH)
    assert [(a, b) for a, b in zip(one, other, strict=True)] == [(n, -n) for n in range(20)]
