"""The examples of the batch at the cursor, drawn stronger than the others in the data view."""

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.data_fit_marks import places_of
from landscape_app.views.data_fit_sample import MOST_SHOWN, even_sample
from landscape_app.views.palette import Palette
from landscape_app.views.plotting_items import Dots


class BatchMarks:
    """Dots over the fainter ones of all data; of a very large batch an even sample."""

    def __init__(self) -> None:
        self.dots = Dots(8.0)

    @property
    def shown(self) -> bool:
        """Whether a batch stands out now."""
        return bool(len(self.dots.points))

    @property
    def points(self) -> FloatArray:
        """Where the batch's examples are drawn (p, 2)."""
        return self.dots.points

    def set_palette(self, palette: Palette) -> None:
        """Take the colours: the data's own, at full strength."""
        self.dots.set_colour(palette.data, 255)

    def draw(self, shown: Snapshot, planar: bool, limits: tuple[float, float]) -> None:
        """Mark the batch of the step from the cursor; none where the step uses all the data, or is not known yet."""
        if shown.noise is None:
            if self.shown:
                self.dots.set_points(np.empty(0), np.empty(0))
            return
        examples = shown.noise.examples
        sampled = examples[even_sample(len(examples), MOST_SHOWN)]
        self.dots.set_points(*places_of(shown, sampled, planar, limits)[:2])
