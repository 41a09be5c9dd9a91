"""The walk through one iteration: which term is in hand, and the step that walking past the update asks for."""

from landscape_app.session.backprop import walk_names
from landscape_app.session.snapshot import Snapshot


class Walk:
    """Keeps the term in hand in step with the snapshot."""

    def __init__(self) -> None:
        self._from: int | None = None  # the iteration whose update was walked past
        self._further = 0  # terms to go on by when the next iteration is there

    @property
    def waiting(self) -> bool:
        """Whether the step that leads to the next term is under way."""
        return self._from is not None

    def past(self, iteration: int) -> None:
        """The update of ``iteration`` was walked past: the first term of the next one is in hand when it is there."""
        self._from, self._further = iteration, 0

    def further(self, forward: bool) -> None:
        """Go on by one term, or less far, when the next iteration is there."""
        self._further = max(0, self._further + (1 if forward else -1))

    def term_in(self, old: Snapshot, new: Snapshot, pending: bool) -> str:
        """Return the term in hand in ``new``, which follows ``old``; ``pending`` while steps are asked for."""
        term = new.term
        if self._from is not None:
            arrived = new.cursor == self._from + 1 and new.problem is old.problem
            if arrived:
                names = walk_names(new.problem.model)
                term = names[min(self._further, len(names) - 1)]
            if arrived or new.cursor != self._from or not pending:
                self._from = None
        if term and new.problem is not old.problem and term not in walk_names(new.problem.model):
            return ""
        return term
