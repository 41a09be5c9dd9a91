"""The colours of a colour map, one after the other."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg

from landscape_app.colour_maps import STANDARD_MAP, ColourMap


@cache
def colour_table(name: ColourMap = STANDARD_MAP) -> npt.NDArray[np.uint8]:
    """Return the colours of a map as (256, 4) bytes, red to alpha; they are shared, and read-only."""
    table = np.array(pg.colormap.get(name).getLookupTable(nPts=256, alpha=True), dtype=np.uint8)
    table.flags.writeable = False
    return table
