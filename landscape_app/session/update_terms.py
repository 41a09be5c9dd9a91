"""What the rule makes of the gradient at the cursor: each quantity of the update by name, with its formula."""

from dataclasses import dataclass, replace

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.optimizers import Optimizer, Semantics, Step
from landscape_app.core.optimizers.quantities import HYPER_SYMBOLS, Quantity, filled
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.transitions import Run, quickly_replayed, replayed

#: Significant digits of numbers that are put into formulas, unless others are asked for.
DIGITS = 4
#: Characters up to which a hyperparameter is written exactly, as one would type it.
LONGEST = 12
#: The quantity that is a count.
COUNT = "t"
#: Examples times weights up to which random search's candidate is evaluated in a millisecond or two.
EVALUATED = 400_000
#: The next parameters, in LaTeX.
_NEXT = r"\theta_{t+1}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UpdateTerms:
    """The update from the cursor.

    Attributes
    ----------
    iteration
        Where the cursor stands: the update leads from there to the next iteration.
    rule, semantics
        The rule in force, and whose reading of it.
    hyper
        Its hyperparameters for this very step, the learning rate as the schedule has it.
    theta
        The parameters before the update (size,).
    quantities
        All that the update computes, in order: what it is given, then one formula after the other, and last the
        whole "step". Values are (size,), or 0-d for what all parameters share.
    """

    iteration: int
    rule: Optimizer
    semantics: Semantics
    hyper: dict[str, float]
    theta: FloatArray
    quantities: tuple[Quantity, ...]

    def __getitem__(self, name: str) -> FloatArray:
        """Return the value of the quantity ``name``."""
        return self.quantity(name).value

    def __contains__(self, name: str) -> bool:
        """Whether the rule has a quantity ``name``."""
        return any(known.name == name for known in self.quantities)

    def quantity(self, name: str) -> Quantity:
        """Return the quantity ``name``; KeyError if the rule has none."""
        for known in self.quantities:
            if known.name == name:
                return known
        raise KeyError(name)

    @property
    def parts(self) -> tuple[Quantity, ...]:
        """The moves (size,) that add up to the step, in the order in which they are best drawn one after the other.

        "raw" is the step of plain descent, "momentum_part" what the velocity or average adds, "rescaling" what each
        parameter's own rate adds, "decay_part" the weight decay, "jump" that of random search.
        """
        return tuple(known for known in self.quantities if known.part)

    @property
    def step(self) -> FloatArray:
        """The whole move (size,)."""
        return self["step"]

    @property
    def formulas(self) -> tuple[Quantity, ...]:
        """The quantities that are computed, which have a formula."""
        return tuple(known for known in self.quantities if known.formula)

    def latex(self, name: str) -> str:
        r"""Return the formula of the quantity ``name`` in symbols, as ``v_t = \mu\,v_{t-1} + g``."""
        made = self.quantity(name)
        return f"{made.symbol} = {filled(made.formula, self._symbol)}" if made.formula else made.symbol

    def latex_with_numbers(self, name: str, index: int, digits: int = DIGITS) -> str:
        """Return the formula of ``name`` with the numbers of the scalar parameter ``index``, and its result.

        Hyperparameters and the count of steps are exact: of 1 - 0.99999 four digits would leave nothing.
        """
        made = self.quantity(name)
        result = latex_number(_at(made.value, index), digits)
        if not made.formula:
            return f"{made.symbol} = {result}"
        spelled = made.formula.replace(r"\,", r"\cdot ")  # numbers side by side are no product
        put_in = filled(spelled, lambda inner: self._number(inner, index, digits))
        alone = put_in in (result, f"({result})")  # one quantity, which needs no sum to be worked out
        return f"{made.symbol} = {result}" if alone else f"{made.symbol} = {put_in} = {result}"

    @property
    def move_latex(self) -> str:
        """The last equation: where the step leads."""
        return rf"{_NEXT} = \theta_t + {self.quantity('step').symbol}"

    def move_with_numbers(self, index: int, digits: int = DIGITS) -> str:
        """Return the last equation with the numbers of the scalar parameter ``index``."""
        before, by = float(self.theta[index]), float(self.step[index])
        numbers = f"{latex_number(before, digits)} + {_inside(by, digits)}"
        return f"{_NEXT} = {numbers} = {latex_number(before + by, digits)}"

    def _symbol(self, name: str) -> str:
        return HYPER_SYMBOLS[name] if name in self.hyper else self.quantity(name).symbol

    def _number(self, name: str, index: int, digits: int) -> str:
        if name in self.hyper:
            value = self.hyper[name]  # exact, but for what a schedule has made of it
            return _inside(value, None if len(repr(float(value))) <= LONGEST else digits + 2)
        return _inside(_at(self[name], index), None if name == COUNT else digits)


def is_quick(snapshot: Snapshot) -> bool:
    """Whether the update at the cursor is taken apart within some milliseconds; not of another batch's gradient."""
    timeline, cursor = snapshot.timeline, snapshot.cursor
    if snapshot.stale:
        return False
    if snapshot.settings.optimizer.uses_gradient:
        return quickly_replayed(timeline, cursor)
    at_hand = timeline.tail is not None and timeline.tail.iteration == cursor
    draws = 1 if at_hand else cursor - timeline.keyframe_before(cursor)[0] + 1
    return draws * snapshot.problem.data.m * snapshot.problem.model.width <= EVALUATED  # each loss is over all the data


def update_terms(snapshot: Snapshot) -> UpdateTerms:
    """Return what the update from the cursor computes.

    The rule's state there is replayed from the recorded gradients, some hundred cheap steps at most. Random search
    evaluates the loss of its candidates anew, which takes a while where there are many examples.
    """
    run = Run.on(snapshot.experiment.run, snapshot.problem)
    timeline, cursor = snapshot.timeline, snapshot.cursor
    if cursor == 0 or run.schedule.restarts_at(cursor):  # what is on record may be another rule's state
        state = run.schedule.at(cursor).optimizer.initial_state(snapshot.theta)
        record = replace(timeline.record_at(cursor, state), state=state)
    else:
        record = replayed(run, timeline, cursor)
    settings = run.schedule.at(cursor)
    step = Step(record.theta, record.grad, settings.hyper, record.loss, run.full.loss, run.seed)
    with np.errstate(all="ignore"):
        quantities = settings.optimizer.quantities(step, record.state)
    semantics = snapshot.experiment.run.semantics
    return UpdateTerms(cursor, settings.optimizer, semantics, dict(settings.hyper), record.theta, quantities)


def latex_number(value: float, digits: int | None = DIGITS) -> str:
    r"""Return ``value`` in LaTeX, as ``{-}1.5`` or ``2.3\cdot 10^{-7}``: a minus in braces has no space around it.

    Without ``digits`` it has as many as tell it from all other numbers.
    """
    value += 0.0  # of the two zeros the one without a sign
    if not np.isfinite(value):
        return r"\mathrm{nan}" if np.isnan(value) else (r"\infty" if value > 0.0 else r"{-}\infty")
    text = repr(float(value)).removesuffix(".0") if digits is None else f"{value:.{digits}g}"
    mantissa, _, exponent = text.replace("-", "{-}", 1 if value < 0.0 else 0).partition("e")
    return rf"{mantissa}\cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def _inside(value: float, digits: int | None) -> str:
    """Return a number as it stands inside of a formula: in brackets where a sign or a power would be misread."""
    text = latex_number(value, digits)
    return rf"({text})" if text.startswith("{-}") or "cdot" in text else text


def _at(value: FloatArray, index: int) -> float:
    return float(value) if value.ndim == 0 else float(value[index])
