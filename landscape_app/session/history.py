"""What was before: the moments that undo and redo go back to, within a budget of memory."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from landscape_app.session.config import Experiment
from landscape_app.session.map_view import MapView
from landscape_app.session.problem import Problem
from landscape_app.session.records import Timeline

#: Moments kept at most, and the bytes that their records and data may hold together.
MOST_MOMENTS = 200
BUDGET = 512 << 20


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Moment:
    """All that undo brings back: what was recorded is not computed again.

    ``refill`` and ``remeasure`` say what was still owed to the record at that moment.
    """

    experiment: Experiment
    problem: Problem
    timeline: Timeline
    cursor: int
    map_view: MapView
    refill: int = 0
    remeasure: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Entry:
    """A change by its name, and the moment on its other side."""

    name: str
    moment: Moment
    gesture: object = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class History:
    """Changes that can be taken back (``past``, the last one last) or made again (``future``, the next one last)."""

    past: tuple[Entry, ...] = ()
    future: tuple[Entry, ...] = ()

    @property
    def undo_name(self) -> str:
        """Name of the change that undo would take back; empty if there is none."""
        return self.past[-1].name if self.past else ""

    @property
    def redo_name(self) -> str:
        """Name of the change that redo would make again; empty if there is none."""
        return self.future[-1].name if self.future else ""

    def changed(self, name: str, before: Moment, gesture: object = None) -> "History":
        """Return the history after a change called ``name`` that left ``before``.

        Changes of one name in one ``gesture``, such as a drag, are one.
        """
        if gesture is not None and self.past and (self.past[-1].name, self.past[-1].gesture) == (name, gesture):
            return History(self.past)
        return History(_within_budget((*self.past, Entry(name, before, gesture))))

    def undone(self, now: Moment) -> tuple["History", Moment]:
        """Return the history and the moment after the last change is taken back; there must be one."""
        entry = self.past[-1]
        back = Entry(entry.name, now)
        return History(self.past[:-1], (*self.future, back)), entry.moment

    def redone(self, now: Moment) -> tuple["History", Moment]:
        """Return the history and the moment after a change is made again; there must be one."""
        entry = self.future[-1]
        return History((*self.past, Entry(entry.name, now)), self.future[:-1]), entry.moment


def restored(now: Moment, then: Moment) -> Moment:
    """Return the moment to show on the way from ``now`` to ``then``.

    If only the map, the rivals or names differ, what was recorded in the meantime stays.
    """
    beside = {part: getattr(then.experiment, part) for part in ("plane", "rivals", "name")}
    if now.experiment.but(**beside) == then.experiment:
        return replace(now, experiment=then.experiment, map_view=then.map_view)
    return then


def change_name(old: Experiment, new: Experiment) -> str:
    """Return what differs, as the dotted name of one setting ("run.learning_rate") or of the part that holds it."""
    parts = [part for part in ("data", "model", "start", "run", "plane") if getattr(old, part) != getattr(new, part)]
    if old.rivals != new.rivals and set(parts) <= {"start", "run"}:  # both: another run is taken in hand
        return "rivals.swap" if parts else _rivals_change(old, new)
    if not parts:
        return "rivals" if old.name != new.name else ""
    part = parts[0]
    if part == "run":
        return _run_change(old, new)
    if len(parts) > 1 and set(parts) != {"data", "model"} and part != "data":
        return part
    fields = _differing(getattr(old, part), getattr(new, part))
    if part == "plane" and fields and set(fields) <= {"x_range", "y_range"}:
        return "plane.range"
    if part == "plane" and {"axes", "kind"} & set(fields):
        return "plane.axes"
    if part == "plane" and {"seed", "anchor"} & set(fields):
        return "plane.anchor"
    return f"{part}.{fields[0]}" if len(fields) == 1 and part in ("data", "plane", "model") else part


def _rivals_change(old: Experiment, new: Experiment) -> str:
    if len(old.rivals) != len(new.rivals):
        return "rivals.add" if len(new.rivals) > len(old.rivals) else "rivals.remove"
    return "rivals"


def _run_change(old: Experiment, new: Experiment) -> str:
    added = [change for change in new.run.changes if change not in old.run.changes]
    names = {change.name for change in added}
    if not names:
        before, after = old.run.hyper, new.run.hyper
        names = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        if old.run.semantics != new.run.semantics:
            return "run.semantics"
        for setting in ("optimizer", "batch_size", "arithmetic", "schedule"):
            if getattr(old.run, setting) != getattr(new.run, setting):
                names.add(setting)
    if "optimizer" in names:
        return "run.optimizer"
    return f"run.{names.pop()}" if len(names) == 1 else "run"


def _differing(old: Any, new: Any) -> list[str]:
    return [name for name in type(old).model_fields if getattr(old, name) != getattr(new, name)]


def _within_budget(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Drop the oldest moments beyond the budget; what several of them share counts once."""
    entries = entries[-MOST_MOMENTS:]
    spent, seen = 0, set[int]()
    for position in range(len(entries) - 1, -1, -1):
        for thing, size in _holdings(entries[position].moment):
            if thing not in seen:
                seen.add(thing)
                spent += size
        if spent > BUDGET:
            return entries[position + 1 :]
    return entries


def _holdings(moment: Moment) -> Iterable[tuple[int, int]]:
    data, table = moment.problem.data, moment.problem.loaded.table
    yield from moment.timeline.holdings
    yield id(data), data.X.nbytes + data.y.nbytes
    if table is not None:
        yield id(table), sum(column.values.nbytes for column in table.columns if column.values is not None)
