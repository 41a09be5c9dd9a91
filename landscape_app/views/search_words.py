"""The answer to "is random search a good idea?" in one plain sentence with its numbers."""

from PySide6.QtCore import QCoreApplication

from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.session.search import SearchTable, Verdict
from landscape_app.views.plotting import format_number


def _tr(text: str) -> str:
    return QCoreApplication.translate("search", text)


def rule_title(table: SearchTable) -> str:
    """Return the name of the rule that descends."""
    return OPTIMIZERS[table.wish.run.optimizer].title


def count_text(count: float) -> str:
    """Return a number of evaluations: whole from ten on."""
    if count >= 1e6:
        return f"{count:.2g}".replace("e+0", "e").replace("e+", "e")
    return f"{count:,.0f}" if count >= 10.0 or count == int(count) else f"{count:.2g}"


def answer(table: SearchTable, found: Verdict, digits: int) -> str:
    """Return the sentences that say who is better, and by how much."""
    spent, descent, median = count_text(found.spent), *(format_number(v, digits) for v in (found.descent, found.median))
    state = _tr("After {0} evaluations {1} is at {2}, the median of {3} random searches at {4}.").format(
        spent, rule_title(table), descent, len(table.searches), median
    )
    if found.diverged:
        full = table.descent is not None and table.descent.whole
        lowest = _tr("The descent diverges: its lowest loss before that counts.")
        state += " " + (lowest if full else _tr("The descent diverges."))
    return f"{state} {_comparison(found, descent, median)} {_hits(table, found)}".strip()


def _comparison(found: Verdict, descent: str, median: str) -> str:
    if found.descent_wins is None:
        return _tr("They are equal.")
    if found.climbed:
        return _tr("Here random search is better: the descent ends higher than at the start.")
    needed = _tr("less than 1") if 0.0 < found.needed < 1.0 else count_text(found.needed)
    factor = count_text(found.factor)
    if found.descent_wins and found.stuck:
        text = _tr("Half of the searches found nothing better than the start; the descent was below it after {0}: ")
        return (text + _tr("random search needs more than {1} times as many.")).format(needed, factor)
    if found.stuck:
        return _tr("Here random search is better: the descent found nothing better than the start.")
    if found.descent_wins:
        text = _tr("The descent needed only {0} for {1}: random search needs {2} times as many.")
        return text.format(needed, median, factor)
    text = _tr("Here random search is better: half of the searches needed only {0} for {1}, {2} times fewer.")
    return text.format(needed, descent, factor)


def _hits(table: SearchTable, found: Verdict) -> str:
    if found.descent_wins and found.hits == 0:
        return _tr("None of the searches got as low as the descent.")
    if found.descent_wins:
        return _tr("{0} of the {1} searches got as low.").format(found.hits, len(table.searches))
    return ""
