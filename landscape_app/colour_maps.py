"""The colour maps that losses are painted with: names known to the window, to figures and to the settings."""

from typing import Literal, get_args

#: All are perceptually uniform, and their lightness rises from end to end: they are read the same with every kind
#: of colour blindness, and in a grey print.
ColourMap = Literal["viridis", "cividis", "magma", "inferno", "plasma"]
COLOUR_MAPS: tuple[ColourMap, ...] = get_args(ColourMap)
STANDARD_MAP: ColourMap = "viridis"

#: Maps that run through red: the red of the descent's path would be lost on them.
WARM_MAPS: frozenset[ColourMap] = frozenset({"magma", "inferno", "plasma"})
