"""Running: steps one by one, at a speed, or towards a goal; what is recorded, and when it stops."""

import logging
from dataclasses import replace
from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, Slot

from landscape_app.core.errors import ExplorerError
from landscape_app.engine.jobs import StepJob, StepsReply
from landscape_app.engine.publishing import Publisher
from landscape_app.session.backprop import walk_names, walked
from landscape_app.session.config import Experiment
from landscape_app.session.divergence import climb_sentences, divergence_sentences, repair
from landscape_app.session.prepare import Prepared
from landscape_app.session.records import Timeline
from landscape_app.session.sentences import budget_sentence
from landscape_app.session.settings import is_full
from landscape_app.session.snapshot import Notice, Snapshot

#: A job without a wish of its own takes as many steps as fit into its slice.
AS_MANY_AS_FIT = 1_000_000
#: Rows of gradients looked through at a time.
ROWS = 4_096

log = logging.getLogger(__name__)


class Runner(Publisher):
    """Moves the cursor, and lets the worker record what is not there yet."""

    def __init__(self, prepared: Prepared, parent: QObject | None = None) -> None:
        super().__init__(prepared, parent)
        self._purpose: Literal["advance", "refill"] = "advance"  # of the steps under way
        self._restarting: Experiment | None = None  # a start that is on its way
        self._resume_at: int | None = None  # put the cursor there as soon as it is recorded
        self._stepper.replied.connect(self._on_steps)
        self._stepper.idle.connect(self._go_on)
        self._threads.worker.failed.connect(self._on_worker_failed)
        self._untold = False  # whether a path made under a hand diverged
        self.player.tick.connect(self._on_tick)

    def step(self, count: int = 1) -> None:
        """Move the cursor ``count`` iterations on, recording what is not there yet."""
        self._pending += count
        self._resume_at = None
        self._go_on()
        self._publish()

    def step_back(self, count: int = 1) -> None:
        """Move the cursor back; nothing is computed."""
        self.go_to(self.snapshot.cursor - count)

    def take_in_hand(self, term: str) -> None:
        """Put a term of the iteration at the cursor in hand, as `walk_names` has them; an empty one puts it down."""
        if term != self.snapshot.term and (not term or term in walk_names(self.snapshot.problem.model)):
            self._publish(term=term)

    def open_entry(self, entry: int | None) -> None:
        """Take an entry of the gradient apart into what each example adds to it; None closes it."""
        if entry is not None and not 0 <= entry < self.snapshot.problem.model.layout.size:
            entry = None
        if entry != self.snapshot.entry:
            self._publish(entry=entry)

    def pick_example(self, example: int | None) -> None:
        """Show an example's part in everything; None puts it down."""
        if example is not None and not 0 <= example < self.snapshot.problem.data.m:
            example = None
        if example != self.snapshot.example:
            self._publish(example=example)

    def walk(self, forward: bool = True) -> None:
        """Take the next term in hand, or the one before; past the update lies the next iteration."""
        if self._walk.waiting:
            self._walk.further(forward)
            return
        if self.player.playing:
            self.pause()
        shown = self.snapshot
        term, moves = walked(shown.problem.model, shown.term, forward)
        if moves > 0:
            self._walk.past(shown.cursor)
            self.step()
        elif moves < 0 and shown.cursor > 0:
            self.step_back()
            self._publish(term=term)
        elif moves == 0:
            self._publish(term=term)

    def go_to(self, iteration: int) -> None:
        """Put the cursor on a recorded iteration, or on the nearest one."""
        self.player.pause()
        self._pending, self._resume_at = 0, None
        self._publish(cursor=min(max(0, iteration), self.snapshot.timeline.last))

    def play(self) -> None:
        """Run at the chosen speed until paused, stopped by a goal, or diverged."""
        self._resume_at = None
        self._publish(notice=None)
        self.player.play()
        self._publish()

    def pause(self) -> None:
        """Stop where the cursor is."""
        self.player.pause()
        self._pending = 0
        if self._restarting is None and self._purpose == "advance":
            self._stepper.forget()  # what is under way was for after the pause
        self._publish()

    def run_until(self, iteration: int | None = None, tolerance: float | None = None) -> None:
        """Run as fast as it goes, to ``iteration`` or until the gradient's norm falls below ``tolerance``."""
        self._resume_at = None
        if iteration is not None and iteration <= self.snapshot.timeline.last:
            self.go_to(iteration)
            return
        if tolerance is not None:
            recorded = first_below(self.snapshot.timeline, self.snapshot.cursor, tolerance)
            if recorded is not None:
                self.go_to(recorded)
                self.notify(self._below(tolerance, recorded))
                return
        self._publish(notice=None)
        self.player.run_until(iteration, tolerance)  # which may end at once, and says why
        self._publish()

    @Slot(int)
    def _on_tick(self, count: int) -> None:
        """Advance by ``count`` iterations for this frame (0: as many as fit)."""
        shown = self.snapshot
        goal = self.player.goal_iteration
        if goal is not None and shown.cursor >= goal:
            self._reached(shown, self.tr("Iteration {0:,} is reached.").format(goal))
        elif shown.cursor < shown.timeline.last:
            ahead = shown.timeline.last if count == 0 else min(shown.timeline.last, shown.cursor + count)
            self._publish(cursor=ahead if goal is None else min(ahead, goal))
        elif shown.timeline.divergence is not None:
            self._stop(self._divergence_notice(shown))
        elif shown.timeline.full:
            self._stop(Notice(budget_sentence(shown.timeline.length), "warning"))
        elif not self._stepper.busy:
            self._ask(count or AS_MANY_AS_FIT, "advance")

    def _ask(self, count: int, purpose: Literal["advance", "refill"]) -> None:
        timeline = self.snapshot.timeline
        self._purpose = purpose
        goal = self.player.goal_iteration
        if goal is not None and self.player.playing:
            count = min(count, goal - timeline.last)
        tolerance = self.player.tolerance if self.player.playing else None
        job = StepJob(self._run, count, timeline=timeline, iteration=timeline.last, tolerance=tolerance)
        self._stepper.request(replace(job, remeasure=self._remeasure))

    @Slot()
    def _go_on(self) -> None:
        """Do what is still owed: single steps first, then the path as far as it was."""
        shown = self.snapshot
        timeline = shown.timeline
        inside = min(self._pending, timeline.last - shown.cursor)
        if inside > 0:
            self._pending -= inside
            self._publish(cursor=shown.cursor + inside)
        if self._pending and timeline.divergence is not None:
            self._stop(self._divergence_notice(self.snapshot))
        if (self._pending or self._refill > timeline.last) and timeline.full:
            self._refill = 0
            self._stop(Notice(budget_sentence(timeline.length), "warning"))
        if self._stepper.busy:
            return
        if self._pending or self._remeasure:
            self._ask(self._pending, "advance")
        elif self._recording(timeline) and not self.player.playing:
            self._ask(self._refill - timeline.last, "refill")

    @Slot(object)
    def _on_steps(self, reply: StepsReply) -> None:
        if reply.experiment is not None:
            self._on_restarted(reply)
            return
        shown = self.snapshot
        timeline = shown.timeline
        self._remeasure = False
        made = 0
        if reply.batch is not None:
            made = reply.batch.first + len(reply.batch.loss) - timeline.length
            timeline = timeline.appended(reply.batch)
        if reply.divergence is not None:
            timeline = timeline.diverged(reply.divergence)
        at_end = shown.cursor == shown.timeline.last
        moves = self._purpose == "advance" and at_end and (self.player.playing or self._pending > 0)
        if moves:
            self._pending = max(0, self._pending - made)
        cursor = shown.cursor + made if moves else shown.cursor
        if self._resume_at is not None and self._resume_at <= timeline.last:
            cursor, self._resume_at = self._resume_at, None
        self._publish(timeline=timeline, cursor=cursor)
        if reply.divergence is not None and self._purpose == "advance":
            self._refill = 0
            self._stop(self._divergence_notice(self.snapshot))
        elif reply.divergence is not None:
            # The rest of the path, made again, ended early: that is told, but stops nothing, nor disturbs a hand.
            self._refill = 0
            self._untold = self._hand_down
            if not self._hand_down:
                self._publish(notice=self._divergence_notice(self.snapshot))
        elif reply.converged and self.player.playing and self.player.tolerance is not None:
            self._stop(Notice(self._below(self.player.tolerance, timeline.last)))
        self._go_on()
        self.player.answered()

    def hold_still(self, hand_down: bool) -> None:
        """Say whether a hand is on the mouse; once it lets go it is told what it has brought about."""
        super().hold_still(hand_down)
        if not hand_down and self._untold:
            self._untold = False
            if self.snapshot.timeline.divergence is not None and not self.player.playing:
                self._publish(notice=self._divergence_notice(self.snapshot))

    def _below(self, tolerance: float, iteration: int) -> str:
        if is_full(self._run.schedule.at(iteration), self.snapshot.problem.data.m):
            words = self.tr("The gradient's norm is below {0:g} at iteration {1:,}.")
        else:
            words = self.tr("The batch's gradient has a norm below {0:g} at iteration {1:,}: not all the data's.")
        return words.format(tolerance, iteration)

    def _on_restarted(self, reply: StepsReply) -> None:
        """Show the run that begins at the new start."""
        raise NotImplementedError

    @Slot(object)
    def _on_worker_failed(self, error: Exception) -> None:
        """The worker met an error that should not be: say so, and be ready for the next wish."""
        log.error("The worker failed", exc_info=error)
        self._refill, self._remeasure, self._restarting, self._resume_at = 0, False, None, None
        self._stepper.failed()
        self._mapper.failed()
        self._framer.failed()
        self._inspector.failed()
        self._path_inspector.failed()
        self._checker.failed()
        self._sharer.failed()
        self._noiser.failed()
        self._racer.failed()
        for task in self._tasks.values():
            task.failed()
        self.player.pause()
        self._pending = 0
        self._publish(wanted=self._still_wanted(), notice=Notice(sentence_on(error), "error"))

    def _still_wanted(self) -> Experiment:
        """Return what stays wanted when a new start comes to nothing: what is shown."""
        return self.snapshot.experiment

    def _divergence_notice(self, shown: Snapshot) -> Notice:
        text = divergence_sentences(shown)
        if shown.race is not None and shown.race.heir is not None:
            text += " " + self.tr("The race stands still with it: take another run in hand to go on.")
        return Notice(text, "warning", repair(shown))

    def _stop(self, notice: Notice) -> None:
        self.player.pause()
        self._pending = 0
        self._publish(notice=notice)

    def _reached(self, shown: Snapshot, text: str) -> None:
        """Stop at a goal; a run that only climbed to it is told like one that diverged."""
        climb = climb_sentences(shown) if shown.cursor == shown.timeline.last else None
        self._stop(Notice(text) if climb is None else Notice(climb, "warning", repair(shown)))


def first_below(timeline: Timeline, begin: int, tolerance: float) -> int | None:
    """Return the first recorded iteration from ``begin`` on whose gradient norm is below ``tolerance``."""
    for first in range(begin, timeline.length, ROWS):
        with np.errstate(over="ignore"):  # what is beyond all numbers is not below the tolerance
            norms = np.linalg.norm(timeline.grad[first : first + ROWS], axis=1)
        found = np.flatnonzero(norms < tolerance)
        if found.size:
            return first + int(found[0])
    return None


def sentence_on(error: Exception) -> str:
    """Return what the user is told of ``error``."""
    if isinstance(error, ExplorerError):
        return str(error)
    return f"Something went wrong that should not have: {type(error).__name__}: {error}"
