"""The answer in words, and the curves, against the numbers that they come from."""

from math import inf

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from landscape_app.session.config import default_experiment
from landscape_app.session.prepare import prepare
from landscape_app.session.search import Descent, Growth, SearchTable, Trace, search_wish, verdict
from landscape_app.views.palette import LIGHT
from landscape_app.views.search_growth import GrowthPlot, advantage
from landscape_app.views.search_plot import SearchPlot
from landscape_app.views.search_words import answer, count_text


def trace(*pairs: tuple[float, float]) -> Trace:
    return Trace(np.array([spent for spent, _ in pairs], dtype=float), np.array([loss for _, loss in pairs]))


def descent(*pairs: tuple[float, float], end: float = 100.0, diverged_at: float = inf, whole: bool = True) -> Descent:
    """Return a descent that stays where it is from the last pair to its ``end``."""
    known = trace(*pairs, (end, pairs[-1][1]))
    return Descent(known.spent, known.loss, whole, diverged_at)


SEARCHES = (trace((0, 9), (4, 2)), trace((0, 9), (50, 3)), trace((0, 9), (90, 5)))
STUCK = (trace((0, 9)), trace((0, 9)), trace((0, 9)))
FAST = descent((0, 9), (1, 4), (10, 3), (20, 1))
STILL = descent((0, 9))


def table_of(descent: Descent, searches: tuple[Trace, ...] = SEARCHES) -> SearchTable:
    prepared = prepare(default_experiment())
    wish = search_wish(prepared.experiment, 0, prepared.problem, 2.0, len(searches), 100)
    return SearchTable(wish, descent, searches)


@pytest.mark.parametrize(
    ("table", "sentences"),
    [
        (
            table_of(FAST),
            "After 100 evaluations Momentum is at 1.00, the median of 3 random searches at 3.00. The descent needed "
            "only 20 for 3.00: random search needs 5 times as many. None of the searches got as low as the descent.",
        ),
        (
            table_of(descent((0, 9), (3, 2))),
            "After 100 evaluations Momentum is at 2.00, the median of 3 random searches at 3.00. The descent needed "
            "only 6 for 3.00: random search needs 17 times as many. 1 of the 3 searches got as low.",
        ),
        (
            table_of(descent((0, 9), (30, 4))),
            "After 100 evaluations Momentum is at 4.00, the median of 3 random searches at 3.00. Here random search "
            "is better: half of the searches needed only 50 for 4.00, 2 times fewer.",
        ),
        (
            table_of(FAST, STUCK),
            "After 100 evaluations Momentum is at 1.00, the median of 3 random searches at 9.00. Half of the searches "
            "found nothing better than the start; the descent was below it after 2: random search needs more than "
            "50 times as many. None of the searches got as low as the descent.",
        ),
        (
            table_of(descent((0, 9), end=0.0, diverged_at=1.0)),
            "After 100 evaluations Momentum is at 9.00, the median of 3 random searches at 3.00. The descent diverges: "
            "its lowest loss before that counts. Here random search is better: the descent found nothing better than "
            "the start.",
        ),
        (
            table_of(descent((0, 9), (5, 20), whole=False)),
            "After 100 evaluations Momentum is at 20.0, the median of 3 random searches at 3.00. Here random search is "
            "better: the descent ends higher than at the start.",
        ),
        (
            table_of(descent((0, 9), (5, 1e90), end=6.0, diverged_at=7.0, whole=False)),
            "After 100 evaluations Momentum is at 1.00e90, the median of 3 random searches at 3.00. The descent "
            "diverges. Here random search is better: the descent ends higher than at the start.",
        ),
        (
            table_of(STILL, STUCK),
            "After 100 evaluations Momentum is at 9.00, the median of 3 random searches at 9.00. They are equal.",
        ),
    ],
    ids=["descent", "one-as-low", "search", "stuck", "diverged", "climbed", "diverged-in-batches", "equal"],
)
def test_the_answer(table: SearchTable, sentences: str) -> None:
    found = verdict(table, 2.0)
    assert found is not None
    assert answer(table, found, 3) == sentences


def test_that_the_curves_are_the_lowest_losses(qtbot: QtBot) -> None:
    plot = SearchPlot()
    qtbot.addWidget(plot)
    plot.set_palette(LIGHT)
    table = table_of(FAST)
    plot.show_table(table, 2.0)
    fast = table.descent_trace(2.0)
    assert fast is not None
    for curve, trace_of, cost in ((plot._descent, fast, 2.0), (plot._median, table.median, 1.0)):
        points = [curve.path.elementAt(i) for i in range(curve.path.elementCount())]
        spent = 10.0 ** np.array([point.x for point in points])
        losses = 10.0 ** np.array([point.y for point in points])
        inner = np.abs(spent / np.round(spent) - 1.0) > 1e-6  # at a jump the last digit decides
        assert inner.sum() > 300
        assert losses[inner] == pytest.approx(trace_of.at(spent[inner] / cost))
    assert plot.text_at(50.0) == "after 50 · Momentum 1.000 · random search 3.000 (2.500 to 6.000)"
    assert plot.text_at(1e9) == plot.text_at(100.0)
    plot.show_table(None, 2.0)
    assert plot.text_at(50.0) == ""


def test_that_a_descent_that_runs_away_leaves_room_for_the_searches(qtbot: QtBot) -> None:
    plot = SearchPlot()
    qtbot.addWidget(plot)
    plot.set_palette(LIGHT)
    plot.show_table(table_of(FAST), 2.0)
    assert plot.plot.y_axis.labelText == "lowest loss"
    plot.show_table(table_of(descent((0, 9), (1, 1e300), end=2.0, diverged_at=3.0, whole=False)), 2.0)
    assert plot.plot.y_axis.labelText == "loss from there on, at most"
    low, high = plot.plot.box.viewRange()[1]
    assert (10.0**low, 10.0**high) == pytest.approx((2.0, 10_000.0))
    assert "Momentum 1.000e300" in plot.readout.text()


def test_that_nothing_is_told_of_a_descent_beyond_its_end(qtbot: QtBot) -> None:
    plot = SearchPlot()
    qtbot.addWidget(plot)
    plot.set_palette(LIGHT)
    plot.show_table(table_of(descent((0, 9), (10, 4), end=20.0)), 2.0)
    assert plot.readout.text() == "after 40 · Momentum 4.000 · random search 9.000 (5.500 to 9.000)"
    assert plot.text_at(41.0) == "after 41 · Momentum ended after 40 · random search 9.000 (5.500 to 9.000)"
    last = plot._descent.path.elementAt(plot._descent.path.elementCount() - 1)
    assert 39.0 < 10.0**last.x <= 40.0
    plot.show_table(table_of(descent((0, 9), end=0.25)), 2.0)
    assert plot.readout.text().startswith("after 1 · Momentum ended after 0.5 · random search ")
    assert not plot._descent.isVisible()


def test_how_it_grows(qtbot: QtBot) -> None:
    plot = GrowthPlot()
    qtbot.addWidget(plot)
    plot.set_palette(LIGHT)
    tables = {
        2: table_of(descent((0, 9), (30, 4))),
        5: table_of(FAST),
        9: table_of(FAST, STUCK[:1]),
        13: table_of(STILL),
        17: table_of(descent((0, 9), (1, 10), whole=False)),
    }
    factors = [(0.5, ""), (5.0, ""), (50.0, ">"), (0.5, "<"), (0.01, "<")]
    assert [advantage(one, 2.0) for one in tables.values()] == factors
    grown = tuple(Growth(parameters, one) for parameters, one in tables.items())
    plot.show_table(SearchTable(tables[5].wish, FAST, SEARCHES, growth=grown), 2.0)
    assert plot.readout.text() == "0.5 × for 2 · 5 × for 5 · > 50 × for 9 · < 0.5 × for 13 · < 0.01 × for 17"
    shown = [[parameters, factor] for parameters, (factor, _) in zip(tables, factors, strict=True)]
    assert 10.0**plot._dots.points == pytest.approx(np.array(shown))


def test_counts() -> None:
    assert [count_text(x) for x in (0.5, 2.0, 7.3, 57.4, 1234.0, 2.5e6)] == ["0.5", "2", "7.3", "57", "1,234", "2.5e6"]
