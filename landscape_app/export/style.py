"""The look of exported figures, and how they are written: white paper, one accent, the same bytes every time."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.figure import Figure

from landscape_app.colour_maps import WARM_MAPS, ColourMap

INK = "#1b1e25"
MUTED = "#555c6b"
FAINT = "#c9cdd6"
PATH = "#e0204a"
#: The path where the colour map runs through red.
PATH_ON_WARM = "#0090b8"
VALUE = "#1668c4"
GRADIENT = "#c2570c"
TRUTH = "#ffd166"
HOLE = "#d5d9e0"
SIGNED_MAP = "PuOr_r"
#: Pixels an inch of pictures and of what is a picture inside SVG and PDF.
DPI = 200

_RC: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so that a figure looks the same everywhere
    "font.size": 9.0,
    "mathtext.fontset": "dejavusans",
    "text.usetex": False,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.titlesize": 9.0,
    "axes.titlelocation": "left",
    "axes.formatter.use_mathtext": True,
    "axes.formatter.limits": (-4, 5),
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "legend.frameon": False,
    "figure.dpi": 100.0,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.dpi": DPI,
    "agg.path.chunksize": 10_000,
    "svg.fonttype": "path",
    "svg.hashsalt": "landscape-app",  # else every file has other names inside
    "pdf.fonttype": 42,
    "pdf.compression": 6,
}

#: What would differ from one writing to the next is left out.
_METADATA: dict[str, dict[str, str | None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": "landscape-app"},
    "pdf": {"CreationDate": None, "Creator": "landscape-app", "Producer": None},
}
FORMATS = tuple(_METADATA)


def path_colour(colour_map: ColourMap) -> str:
    """Return a colour for the path that stands out from all of the map's, for the colour-blind, too."""
    return PATH_ON_WARM if colour_map in WARM_MAPS else PATH


@contextmanager
def drawing() -> Iterator[None]:
    """Draw in this look, whatever the user's own matplotlibrc says."""
    # First runs would report on standard error that a cache of fonts is built.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        parameters: Any = matplotlib.rcParams  # its type lists the names of this one version of matplotlib
        parameters.update(_RC)
        yield


def save(figure: Figure, path: Path) -> None:
    """Write the figure in the format of the path's suffix."""
    kind = path.suffix.lower().lstrip(".")
    figure.savefig(path, format=kind, dpi=DPI, metadata=_METADATA[kind])


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    font = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    return frozenset(font.get_charmap())


def drawable(text: str) -> str:
    """Return ``text`` with question marks for what the font can't draw, such as Chinese names of columns."""
    return "".join(c if ord(c) in _glyphs() and c.isprintable() else "?" for c in text)
