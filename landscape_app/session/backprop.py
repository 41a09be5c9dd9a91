"""One iteration from within: its terms at the cursor, the update that follows, and the walk through them."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray, sealed
from landscape_app.core.backprop import Term, all_terms, term_names
from landscape_app.core.models import Model
from landscape_app.session.epochs import ORDERS
from landscape_app.session.records import Timeline
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.transitions import Run, batch_at, replayed, updated
from landscape_app.session.update_terms import is_quick

#: What the walk has in hand after the gradients: the update, and the parameters after it.
INCREMENT, MOVE = "increment", "move"
#: Terms with a column for each example are given for as many examples as need so many multiplications.
AT_ONCE = 200_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Passes:
    """What the step from the cursor computes.

    Attributes
    ----------
    iteration
        Where the cursor stands.
    terms
        In the order of evaluation. Loss and gradients are the recorded ones, over all examples of the step.
    m
        Examples that the step uses.
    examples
        The numbers of those that have a column in the terms, (p,): all of them, or the first of very many.
    is_batch
        Whether the step uses some of the data's examples only.
    """

    iteration: int
    terms: tuple[Term, ...]
    m: int
    examples: IntArray
    is_batch: bool

    def __getitem__(self, name: str) -> FloatArray:
        """Return the value of the term ``name``."""
        return next(term.value for term in self.terms if term.name == name)


def passes_at(snapshot: Snapshot) -> Passes | None:
    """Return the terms at the cursor, over the batch of the step that comes next; None until that batch is at hand.

    They take no longer for a million examples than for some thousand: sums over all examples are on record, and
    only the first examples have their columns.
    """
    problem, timeline, cursor = snapshot.problem, snapshot.timeline, snapshot.cursor
    if not batch_at_hand(snapshot):
        return None
    model, data = problem.model, problem.data
    batch = step_examples(snapshot)
    m = data.m if batch is None else len(batch)
    shown = min(m, max(1, AT_ONCE // model.width))
    with np.errstate(all="ignore"):  # a run that is about to diverge has terms as large as numbers get
        if batch is None:
            examples = np.arange(shown)
            X, y = data.X[:, :shown], data.y[:, :shown]
        else:
            examples = batch[:shown]
            X, y = data.examples(examples)
        terms = all_terms(model, snapshot.theta, X, y, m, float(timeline.batch_loss[cursor]), snapshot.grad)
    return Passes(cursor, terms, m, examples, batch is not None)


def batch_at_hand(snapshot: Snapshot) -> bool:
    """Whether the step's examples are known at once, and the record is of them.

    Of large data the worker draws the order of an epoch first; after another size of batch was chosen the last record
    is measured again.
    """
    if snapshot.stale:
        return False
    m, size = snapshot.problem.data.m, snapshot.settings.step_size
    if size is None or size >= m or _known_batch(snapshot) is not None:
        return True
    return ORDERS.at_hand(snapshot.experiment.run.seed, snapshot.timeline.place(snapshot.cursor)[0], m)


def step_examples(snapshot: Snapshot) -> IntArray | None:
    """Return the examples (p,) that the step from the cursor uses; None means all as they stand."""
    known = _known_batch(snapshot)
    if known is not None:
        return known
    epoch, position = snapshot.timeline.place(snapshot.cursor)
    seed, m = snapshot.experiment.run.seed, snapshot.problem.data.m
    return batch_at(seed, m, snapshot.settings.step_size, epoch, position)


def _known_batch(snapshot: Snapshot) -> IntArray | None:
    """Return the batch that the snapshot has from the worker; a snapshot in the making may have another step's."""
    noise = snapshot.noise
    if noise is None:
        return None
    wish, place = noise.wish, snapshot.timeline.place(snapshot.cursor)
    step = (snapshot.experiment.run.seed, snapshot.settings.step_size, *place)
    if wish.problem is not snapshot.problem or (wish.seed, wish.size, wish.epoch, wish.position) != step:
        return None
    return noise.examples


def next_increment(snapshot: Snapshot) -> FloatArray | None:
    """Return the move (size,) that the update from the cursor makes, or None where that is not known.

    It is the recorded one, to the last bit. At the end of the record it is computed as the step will compute it,
    and left to the step where that takes long: of many parameters, or where random search has to look at much data.
    """
    timeline, cursor = snapshot.timeline, snapshot.cursor
    if cursor < timeline.last:
        return timeline.increment(cursor + 1)
    if not is_quick(snapshot):
        return None
    return _increment_to_come(snapshot, timeline)


def _increment_to_come(snapshot: Snapshot, timeline: Timeline) -> FloatArray:
    run = Run.on(snapshot.experiment.run, snapshot.problem)
    cursor = snapshot.cursor
    if cursor == 0 or run.schedule.restarts_at(cursor):  # what is on record may be another rule's state
        state = run.schedule.at(cursor).optimizer.initial_state(snapshot.theta)
        record = replace(timeline.record_at(cursor, state), state=state)
    else:
        record = replayed(run, timeline, cursor)
    with np.errstate(all="ignore"):
        theta, _ = updated(run, record)
        return sealed(theta - record.theta)


@lru_cache(maxsize=8)
def walk_names(model: Model) -> tuple[str, ...]:
    """Return all that one iteration is walked through, from the first term to the parameters after the update."""
    return (*term_names(model), INCREMENT, MOVE)


def walked(model: Model, term: str, forward: bool) -> tuple[str, int]:
    """Return the term after (or before) ``term``, and how many iterations further it lies: -1, 0 or 1.

    With nothing in hand the walk begins at the first term, or backwards at the last.
    """
    names = walk_names(model)
    if term not in names:
        return (names[0], 0) if forward else (names[-1], 0)
    at = names.index(term) + (1 if forward else -1)
    if at < 0:
        return names[-1], -1
    if at == len(names):
        return names[0], 1
    return names[at], 0
