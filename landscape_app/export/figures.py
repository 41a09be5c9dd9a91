"""The three figures by name, and writing them in each format.

Imported only when something is drawn: it brings matplotlib with it.
"""

from collections.abc import Iterable
from pathlib import Path

from landscape_app.core.errors import ConfigError
from landscape_app.export.contour_figure import contour_figure
from landscape_app.export.gradients_figure import gradients_figure
from landscape_app.export.scene import Scene
from landscape_app.export.style import FORMATS, drawing, save
from landscape_app.export.surface_figure import surface_figure
from landscape_app.session.files import replacing

FIGURES = {"contour": contour_figure, "surface": surface_figure, "gradients": gradients_figure}


def write_figure(name: str, scene: Scene, path: Path) -> None:
    """Write the figure ``name`` (a key of FIGURES) as PNG, SVG or PDF, which the suffix of ``path`` says.

    Raises
    ------
    ConfigError
        If the suffix is another one.
    OSError
        If the file can't be written; one that was there before is still there then.
    """
    if path.suffix.lower().lstrip(".") not in FORMATS:
        raise ConfigError(f"A figure can't be written as {path.name}: choose a name that ends in .png, .svg or .pdf.")
    with replacing(path) as unfinished, drawing():
        save(FIGURES[name](scene), unfinished)


def write_figures(scene: Scene, folder: Path, formats: Iterable[str]) -> None:
    """Write all figures into ``folder`` in each of ``formats``; each is drawn once."""
    with drawing():
        for name, draw in FIGURES.items():
            figure = draw(scene)
            for extension in formats:
                save(figure, folder / f"{name}.{extension}")
