"""The blocks that records lie in: they read like one array, forks share them, and nothing is moved or changed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Frame, axis_plane
from landscape_app.core.models import MODELS
from landscape_app.session import record_rows
from landscape_app.session.record_rows import RecordStore, Rows


def appended(store: RecordStore, count: int, seed: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Write ``count`` random rows and return them: theta, grad, loss."""
    rng = np.random.default_rng(seed)
    theta, grad = rng.normal(size=(2, count, store.size))
    loss = rng.random(count)
    place = rng.integers(0, 9, (count, 2))
    store.append(theta, grad, loss, 2.0 * loss, place)
    return theta, grad, loss


def small_blocks(monkeypatch: pytest.MonkeyPatch, copied: int = 0) -> None:
    monkeypatch.setattr(record_rows, "FIRST_ROWS", 4)
    monkeypatch.setattr(record_rows, "BLOCK_BYTES", 8 * 3 * 16)  # 16 rows of 3 parameters
    monkeypatch.setattr(record_rows, "COPIED_BYTES", copied)


def test_that_rows_in_many_blocks_read_like_one_array(monkeypatch: pytest.MonkeyPatch) -> None:
    small_blocks(monkeypatch)
    store = RecordStore(3)
    parts = [appended(store, count, seed) for seed, count in enumerate((1, 3, 1, 40, 2, 30))]
    theta, grad, loss = (np.concatenate(part) for part in zip(*parts, strict=True))
    assert len(list(Rows(store, 0, 77).pieces())) > 5
    for which, whole in ((0, theta), (1, grad)):
        rows = Rows(store, which, 77)
        assert rows.shape == (len(rows), 3) == whole.shape
        assert np.array_equal(rows, whole)
        assert np.array_equal(np.array(list(rows)), whole)
        assert all(np.array_equal(rows[i], whole[i]) for i in range(-77, 77))
        for part in (slice(5, 30), slice(60, None), slice(None, -70), slice(9, 9), slice(3, 70, 7), slice(80, 90)):
            assert np.array_equal(rows[part], whole[part])
            assert np.array_equal(rows[part, [2, 0]], whole[part][:, [2, 0]])
            assert np.array_equal(rows.column(1)[part], whole[part, 1])
        assert np.array_equal(rows[..., [1]], whole[..., [1]])
        assert np.array_equal(rows[np.array([70, 2, 2])], whole[[70, 2, 2]])
        assert rows.column(2)[-1] == whole[-1, 2]
        assert np.array_equal(rows.column(0), whole[:, 0])
    assert np.array_equal(store.series["loss"][:77], loss)


def test_that_rows_are_views_that_nobody_can_write() -> None:
    store = RecordStore(3)
    appended(store, 5, 0)
    rows = Rows(store, 0, 5)
    for read in (rows[2], rows[1:3], next(rows.pieces())):
        with pytest.raises(ValueError, match="read-only"):
            read[0] = 1.0
    with pytest.raises(IndexError, match="no row 5: there are 5"):
        rows[5]
    with pytest.raises(ValueError, match="forwards"):
        rows[::-1]
    with pytest.raises(ValueError, match="without a copy"):
        rows.__array__(copy=False)


def test_that_writing_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    small_blocks(monkeypatch)
    store = RecordStore(3)
    appended(store, 10, 0)
    before = [row.__array_interface__["data"] for row in Rows(store, 0, 10)]
    appended(store, 200, 1)
    assert [row.__array_interface__["data"] for row in Rows(store, 0, 10)] == before


@pytest.mark.parametrize("copied", [0, 1 << 20])
@given(length=st.integers(1, 60), more=st.integers(1, 40))
def test_that_a_fork_has_the_same_past_and_another_future(copied: int, length: int, more: int) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        small_blocks(monkeypatch, copied)
        store = RecordStore(3)
        theta, grad, loss = appended(store, 60, 0)
        fork = store.fork(length)
        other, _, other_loss = appended(fork, more, 1)
        appended(store, 7, 2)
        assert np.array_equal(Rows(fork, 0, fork.length), np.concatenate((theta[:length], other)))
        assert np.array_equal(Rows(fork, 1, length), grad[:length])
        assert np.array_equal(fork.series["loss"][: fork.length], np.concatenate((loss[:length], other_loss)))
        assert np.array_equal(Rows(store, 0, 60), theta)


def test_that_a_fork_shares_what_is_large() -> None:
    size, rows = 5_000, 400
    store = RecordStore(size)
    appended(store, rows, 0)
    fork = store.fork(rows - 10)
    assert fork.length == rows - 10
    ours, theirs = dict(store.holdings()), dict(fork.holdings())
    assert sum(theirs.values()) > 14 * rows * size
    assert all(ours[thing] == held for thing, held in theirs.items() if thing in ours)  # a piece keeps all of it
    assert sum(held for thing, held in theirs.items() if thing not in ours) < record_rows.COPIED_BYTES


def test_that_a_fork_shares_whole_blocks_and_copies_a_small_piece_of_one() -> None:
    store = RecordStore(3)
    appended(store, 60_000, 0)
    starts = np.cumsum([0, *(len(piece) for piece in Rows(store, 0, 60_000).pieces())]).tolist()
    fork = store.fork(starts[-2] + 10)
    ours, theirs = dict(store.holdings()), dict(fork.holdings())
    assert len(ours.keys() & theirs.keys()) == len(starts) - 2  # all blocks but the last, which would keep much


def test_that_no_block_is_much_larger_than_allowed() -> None:
    for size, count in ((2, 600_000), (5_000, 300), (26_113, 30)):
        store = RecordStore(size)
        zeros = np.zeros((count // 10, size))
        for _ in range(10):
            short = np.zeros(len(zeros))
            store.append(zeros, zeros, short, short, np.zeros((len(zeros), 2), dtype=np.int64))
        sizes = [piece.nbytes for piece in Rows(store, 0, store.length).pieces()]
        assert max(sizes) <= record_rows.BLOCK_BYTES
        assert len(sizes) <= 20


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.booleans())
def test_that_a_path_is_projected_as_at_once(pieces: list[int], by_parameters: bool) -> None:
    layout = MODELS["multivariate"](2).layout
    rng = np.random.default_rng(0)
    plane = axis_plane(layout, ("w[0]", "b"), np.zeros(3))
    if not by_parameters:
        base, u, v = rng.normal(size=(3, 3))
        plane = Frame.along(base, u, v, ("x", "y"), "random").through(rng.normal(size=3))
    store = RecordStore(3)
    parts = []
    for seed, count in enumerate(pieces):
        parts.append(appended(store, count, seed)[0])
        whole = np.concatenate(parts)
        path = store.path_on(plane, len(whole))
        assert path == pytest.approx(plane.project(whole), abs=1e-12)
        assert not path.flags.writeable
        assert np.array_equal(store.path_on(plane, 1), path[:1])
    half = len(whole) // 2
    fork = store.fork(half)
    other = appended(fork, 3, 99)[0]
    assert fork.path_on(plane, half + 3) == pytest.approx(plane.project(np.concatenate((whole[:half], other))))
    assert store.path_on(plane, len(whole)) == pytest.approx(plane.project(whole), abs=1e-12)


def test_that_planes_that_are_not_looked_at_any_more_are_forgotten() -> None:
    store = RecordStore(3)
    theta = appended(store, 20, 0)[0]
    rng = np.random.default_rng(0)
    for _ in range(3 * record_rows.MOST_PATHS):
        base, u, v = rng.normal(size=(3, 3))
        plane = Frame.along(base, u, v, ("x", "y"), "random").through(base)
        assert store.path_on(plane, 20) == pytest.approx(plane.project(theta))
    assert len(store._paths) == record_rows.MOST_PATHS
