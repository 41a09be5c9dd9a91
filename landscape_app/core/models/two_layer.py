"""What both two-layer networks share: their blocks."""

from landscape_app.core.arrays import FloatArray
from landscape_app.core.models.base import Model
from landscape_app.core.models.parameters import Layout


class TwoLayer(Model):
    """A network with W1 (k, n), b1 (k, 1), w2 (1, k) and b2, a scalar."""

    has_hidden = True

    def __init__(self, n: int, k: int | None) -> None:
        super().__init__(n, k)
        units = self.k or 0
        self.layout = Layout.of(
            ("W1", (units, n), False), ("b1", (units, 1), False), ("w2", (1, units), False), ("b2", (), True)
        )

    def split_many(self, thetas: FloatArray) -> list[FloatArray]:
        """Return every block of ``thetas`` (p, size) as an array (p, *shape)."""
        return [thetas[:, block.start : block.stop].reshape(-1, *block.shape) for block in self.layout.blocks]
