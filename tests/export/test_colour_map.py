"""Figures with the colours that were asked for."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.image import imread

from landscape_app.cli import main
from landscape_app.colour_maps import COLOUR_MAPS


def share_of(picture: Path, name: str) -> float:
    """Return which part of a picture has the colours of a map."""
    seen = imread(picture)[::11, ::11, :3].reshape(-1, 3)
    table = colormaps[name](np.arange(0, 256, 2))[:, :3]
    return float((np.abs(seen[:, np.newaxis] - table).max(axis=2).min(axis=1) < 0.02).mean())


def test_that_the_figures_have_the_colour_map_asked_for(tmp_path: Path) -> None:
    common = ["--grid", "33", "--iterations", "5"]
    assert main(["render", "--out", str(tmp_path / "standard"), *common]) == 0
    assert main(["render", "--out", str(tmp_path / "warm"), "--colour-map", "magma", *common]) == 0
    for figure in ("contour.png", "surface.png"):
        standard, warm = tmp_path / "standard" / figure, tmp_path / "warm" / figure
        assert share_of(standard, "viridis") > 0.1 + share_of(standard, "magma")
        assert share_of(warm, "magma") > 0.1 + share_of(warm, "viridis")
    sessions = [(tmp_path / folder / "session.json").read_bytes() for folder in ("standard", "warm")]
    assert sessions[0] == sessions[1], "colours are no part of the experiment"


def test_that_an_unknown_colour_map_is_refused_with_those_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", "--out", str(tmp_path / "out"), "--colour-map", "jet"]) == 2
    told = capsys.readouterr().err
    assert all(name in told for name in COLOUR_MAPS)
    assert not (tmp_path / "out").exists()
