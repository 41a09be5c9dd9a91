"""The colour bar beside the map: every label whole, whatever the losses are."""

import pytest
from pytestqt.qtbot import QtBot

from landscape_app.core.landscape import LossScale
from landscape_app.views.colour_bar import STRIP, ColourBar

SCALES = [(0.2, 20.0), (566_510.0, 566_516.0), (1e-5, 2e-5), (1.0, 1.000001), (1e97, 3e97), (1e-300, 1e300)]


@pytest.mark.parametrize("ends", SCALES, ids=str)
@pytest.mark.parametrize("height", [120, 300])
def test_that_labels_are_never_cut_and_name_different_losses(
    qtbot: QtBot, ends: tuple[float, float], height: int
) -> None:
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.resize(60, height)
    bar.show()
    bar.show_scale(LossScale(*ends))
    bar.resize(bar.sizeHint().width(), height)  # as a layout does it
    texts = [text for _, text in bar.labels]
    assert texts
    assert len(set(texts)) == len(texts)
    read = [float(text.replace(",", "").replace("−", "-")) for text in texts]
    assert read == pytest.approx([tick for tick, _ in bar.labels])
    widest = max(bar.fontMetrics().horizontalAdvance(text) for text in texts)
    assert STRIP + widest <= bar.width()


def test_that_common_losses_leave_the_room_as_it_is(qtbot: QtBot) -> None:
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.resize(60, 200)
    before = bar.sizeHint()
    for ends in ((0.2, 20.0), (5.0, 900.0), (0.001, 0.3)):
        bar.show_scale(LossScale(*ends))
        assert bar.sizeHint() == before
