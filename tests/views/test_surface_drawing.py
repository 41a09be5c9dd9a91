"""Who draws the surface: with OpenGL, without, while it is being tried, and after it was lost."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from landscape_app.core.landscape import evaluate_grid
from landscape_app.opengl_probe import Finding, Trial
from landscape_app.session.config import default_experiment
from landscape_app.session.map_picture import map_picture
from landscape_app.session.map_view import map_view_at
from landscape_app.session.prepare import prepare
from landscape_app.session.records import StepBatch, StepRecord, Timeline
from landscape_app.session.settings import base_settings
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.transitions import first_record, next_step
from landscape_app.views import surface_drawing
from landscape_app.views.palette import DARK, LIGHT, Palette
from landscape_app.views.surface import SurfaceView
from landscape_app.views.surface_camera import Camera
from landscape_app.views.surface_canvas import SurfaceCanvas
from landscape_app.views.surface_opengl import OpenGLRenderer

ROOT = Path(__file__).parents[2]


def made_moment() -> Snapshot:
    """Return the default experiment after 20 steps, on a map of 129 x 129 nodes."""
    experiment = default_experiment()
    prepared = prepare(experiment)
    records = [first_record(prepared.run, prepared.timeline.theta[0])]
    for _ in range(20):
        following = next_step(prepared.run, records[-1])
        assert isinstance(following, StepRecord)
        records.append(following)
    timeline = Timeline.starting_with(StepBatch.of(records))
    shown = map_view_at(experiment, prepared.problem, timeline, 20, None)
    landscape = evaluate_grid(
        prepared.problem.model, prepared.problem.data, shown.plane, shown.x_range, shown.y_range, 129
    )
    settings = base_settings(experiment.run)
    return Snapshot(experiment, experiment, settings, prepared.problem, timeline, 20, shown, map_picture(landscape))


@pytest.fixture(scope="module")
def moment() -> Snapshot:
    return made_moment()


@pytest.fixture(autouse=True)
def _not_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANDSCAPE_SURFACE", raising=False)


def shown_view(qtbot: QtBot, moment: Snapshot, palette: Palette = DARK, size: tuple[int, int] = (600, 420)) -> Any:
    view = SurfaceView()
    qtbot.addWidget(view)
    view.resize(*size)
    view.set_palette(palette)
    view.show()
    qtbot.waitExposed(view)
    view.render_snapshot(moment)
    return view


def wait_for_opengl(qtbot: QtBot, view: SurfaceView) -> None:
    qtbot.waitUntil(lambda: view.with_opengl, timeout=15_000)


def canvas_of(view: SurfaceView) -> SurfaceCanvas:
    canvas = view.focusProxy()
    assert isinstance(canvas, SurfaceCanvas)
    return canvas


def note_of(view: SurfaceView) -> QToolButton:
    return next(each for each in view.findChildren(QToolButton) if each.text() == "Painted without OpenGL")


def pixels_of(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def shows_a_surface(view: SurfaceView) -> bool:
    return bool((np.ptp(pixels_of(view.grab_image()), axis=-1) > 60).mean() > 0.1)


def trial_of(monkeypatch: pytest.MonkeyPatch, program: str, time_out: float = 20.0) -> None:
    """Let this Python program stand in for the trial of OpenGL, on a platform that could have it."""
    monkeypatch.setattr(surface_drawing, "WITHOUT_OPENGL", frozenset())
    trial = Trial(time_out=time_out, command=(sys.executable, "-c", program))
    monkeypatch.setattr(surface_drawing, "_trial", trial)


# --- without OpenGL, or not yet with it ------------------------------------------------------------------------------


@pytest.mark.parametrize("switch", ["painted", " Painted "])
def test_that_opengl_can_be_switched_off(
    qtbot: QtBot, moment: Snapshot, monkeypatch: pytest.MonkeyPatch, switch: str
) -> None:
    monkeypatch.setenv("LANDSCAPE_SURFACE", switch)
    monkeypatch.setattr(surface_drawing, "_trial", None)
    view = shown_view(qtbot, moment)
    assert not view.with_opengl
    assert surface_drawing._trial is None  # it was not even tried
    assert "LANDSCAPE_SURFACE" in view.problem
    assert shows_a_surface(view)


@pytest.mark.parametrize(
    ("program", "time_out", "why"),
    [
        ("import os; os.abort()", 20.0, "crashed: signal 6"),
        ("import time; time.sleep(60)", 0.3, "did not end within 0.3 seconds"),
        (f"print({Finding('no context').to_json()!r})", 20.0, "No OpenGL context could be made"),
        ("raise SystemExit('no such library')", 20.0, "no such library"),
    ],
    ids=["crash", "hang", "no context", "error"],
)
def test_that_a_surface_is_there_at_once_and_stays_painted_if_the_trial_fails(
    qtbot: QtBot, moment: Snapshot, monkeypatch: pytest.MonkeyPatch, program: str, time_out: float, why: str
) -> None:
    trial_of(monkeypatch, program, time_out)
    view = shown_view(qtbot, moment)
    assert shows_a_surface(view)
    qtbot.waitUntil(lambda: bool(view.problem), timeout=15_000)
    note = note_of(view)
    assert why in view.problem
    assert view.problem in note.toolTip()
    assert note.isVisible()
    assert note.accessibleName()
    assert not view.with_opengl
    assert shows_a_surface(view)


def test_that_nothing_is_said_while_opengl_is_being_tried_and_that_the_view_may_go_meanwhile(
    qtbot: QtBot, moment: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial_of(monkeypatch, "import time; time.sleep(60)")
    view = shown_view(qtbot, moment)
    qtbot.wait(100)
    assert (view.problem, view.with_opengl, note_of(view).isVisible()) == ("", False, False)
    view.close()
    view.deleteLater()
    qtbot.wait(150)
    assert surface_drawing._trial is not None
    surface_drawing._trial.stop()


def test_that_the_note_goes_when_it_is_clicked_and_does_not_come_back(
    qtbot: QtBot, moment: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANDSCAPE_SURFACE", "painted")
    view = shown_view(qtbot, moment)
    QTest.mouseClick(note_of(view), Qt.MouseButton.LeftButton)
    view.set_palette(LIGHT)
    view.render_snapshot(moment)
    assert not note_of(view).isVisible()


def test_that_it_is_painted_coarsely_while_it_is_turned_and_finely_afterwards(
    qtbot: QtBot, moment: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANDSCAPE_SURFACE", "painted")
    view = shown_view(qtbot, moment)
    canvas = canvas_of(view)
    triangles: list[int] = []
    render = canvas.drawing.render

    def counting(mesh: Any, *given: Any) -> Any:
        triangles.append(len(mesh.faces))
        return render(mesh, *given)

    monkeypatch.setattr(canvas.drawing, "render", counting)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    QTest.mouseMove(canvas, QPoint(260, 220))
    qtbot.waitUntil(lambda: bool(triangles))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(260, 220))
    assert triangles[0] == 2 * 64**2
    qtbot.waitUntil(lambda: triangles[-1] == 2 * 128**2)
    drawn = len(triangles)
    view.render_snapshot(moment)
    canvas.repaint()
    assert len(triangles) == drawn  # the same surface is not painted twice


TWICE = """
import sys; sys.path[:0] = [sys.argv[1], sys.argv[2]]
import numpy as np
from PySide6.QtWidgets import QApplication
app = QApplication([])
from test_surface_drawing import made_moment, pixels_of
from landscape_app.views.surface import SurfaceView
view = SurfaceView(); view.resize(500, 400); view.show()
view.render_snapshot(made_moment())
image = view.grab_image()
assert (image.width(), image.height(), image.devicePixelRatioF()) == (1000, 800, 2.0), image.size()
surface = np.ptp(pixels_of(image), axis=2) > 40
assert surface.mean() > 0.1
blocks = surface.reshape(400, 2, 500, 2).sum(axis=(1, 3))
print("sharp" if ((blocks > 0) & (blocks < 4)).sum() > 200 else "blurred")
"""


def test_that_a_screen_with_twice_the_pixels_gets_a_picture_with_twice_the_pixels() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2"}
    result = subprocess.run(
        [sys.executable, "-c", TWICE, str(ROOT), str(Path(__file__).parent)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.stdout.strip(), result.returncode) == ("sharp", 0), result.stderr


# --- both, side by side ----------------------------------------------------------------------------------------------


@pytest.mark.gl
@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("camera", [Camera(), Camera(20.0, 55.0, 1.6)], ids=["usual", "turned"])
def test_that_both_show_the_same(
    qtbot: QtBot, moment: Snapshot, monkeypatch: pytest.MonkeyPatch, palette: Palette, camera: Camera
) -> None:
    pictures = []
    for switch in ("", "painted"):
        monkeypatch.setenv("LANDSCAPE_SURFACE", switch)
        view = shown_view(qtbot, moment, palette)
        view.look_from(camera)
        if switch == "":
            wait_for_opengl(qtbot, view)
        pictures.append(pixels_of(view.grab_image()))
    difference = np.abs(pictures[0] - pictures[1]).max(axis=2)
    assert (np.ptp(pictures[0], axis=2) > 60).mean() > 0.1
    assert (difference > 6).mean() < 0.012  # the outline, smoothed by a graphics card


# --- a context that is lost ------------------------------------------------------------------------------------------


@contextmanager
def warnings_wanted(caplog: pytest.LogCaptureFixture, count: int) -> Iterator[None]:
    """Expect so many warnings in the log."""
    caplog.clear()
    with caplog.at_level(logging.WARNING, "landscape_app.views.surface_drawing"):
        yield
    assert len(caplog.records) == count


def renderer_of(view: SurfaceView) -> OpenGLRenderer:
    renderer = canvas_of(view).drawing.renderer
    assert isinstance(renderer, OpenGLRenderer)
    return renderer


def lose_surface(view: SurfaceView) -> None:
    renderer_of(view)._surface.destroy()


def lose_context(view: SurfaceView) -> None:
    shiboken6.delete(renderer_of(view).context)


@pytest.mark.gl
@pytest.mark.parametrize("lose", [lose_surface, lose_context])
def test_that_a_lost_context_is_made_anew_once_and_then_the_surface_is_painted(
    qtbot: QtBot, moment: Snapshot, caplog: pytest.LogCaptureFixture, lose: Any
) -> None:
    view = shown_view(qtbot, moment)
    view.set_log_height(False)
    wait_for_opengl(qtbot, view)
    camera = Camera(10.0, 40.0, 1.2)
    view.look_from(camera)
    before, first = pixels_of(view.grab_image()), renderer_of(view)

    lose(view)
    with warnings_wanted(caplog, 1):
        view.look_from(Camera())
        view.look_from(camera)
        view.orbit(360.0, 0.0)
        view.zoom(1.5)
        qtbot.waitUntil(lambda: renderer_of(view) is not first)
        view.look_from(camera)
        assert np.array_equal(pixels_of(view.grab_image()), before)
    assert view.with_opengl
    assert not note_of(view).isVisible()

    lose(view)
    with warnings_wanted(caplog, 1):
        view.zoom(1.5)
        qtbot.waitUntil(lambda: note_of(view).isVisible())
    assert not view.with_opengl
    assert view.problem in note_of(view).toolTip()
    view.look_from(camera)
    assert (np.abs(pixels_of(view.grab_image()) - before).max(axis=2) > 6).mean() < 0.012
    assert (view.camera, view.log_height) == (camera, False)


@pytest.mark.gl
def test_that_contexts_lost_long_after_one_another_are_made_anew_each_time(
    qtbot: QtBot, moment: Snapshot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(surface_drawing, "RELAPSE", 0.0)
    view = shown_view(qtbot, moment)
    wait_for_opengl(qtbot, view)
    with warnings_wanted(caplog, 3):
        for turned in range(3):
            lose_surface(view)
            view.orbit(5.0 + turned, 0.0)
            assert shows_a_surface(view)
            assert view.with_opengl


@pytest.mark.gl
def test_that_a_driver_that_gives_no_second_context_leaves_a_painted_surface(
    qtbot: QtBot, moment: Snapshot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    view = shown_view(qtbot, moment)
    wait_for_opengl(qtbot, view)
    lose_surface(view)
    monkeypatch.setattr("PySide6.QtGui.QOffscreenSurface.create", lambda _: None)
    with warnings_wanted(caplog, 2):
        view.orbit(5.0, 0.0)
        assert shows_a_surface(view)
    assert not view.with_opengl


# --- a real screen without OpenGL ------------------------------------------------------------------------------------

ON_A_SCREEN = """
import sys; sys.path[:0] = [sys.argv[1], sys.argv[2]]
import numpy as np
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
app = QApplication([])
from test_surface_drawing import made_moment, pixels_of
from landscape_app.views.surface import SurfaceView
view = SurfaceView(); view.resize(600, 420); view.show()
view.render_snapshot(made_moment())
while not (view.with_opengl or view.problem):
    QTest.qWait(20)
QTest.qWait(50)
seen = pixels_of(view.screen().grabWindow(view.winId()).toImage())
assert (np.ptp(seen, axis=2) > 60).mean() > 0.1
print("opengl" if view.with_opengl else view.problem)
"""


@pytest.mark.gl
@pytest.mark.parametrize(
    ("extension", "drivers", "expected"),
    [
        ("-extension", "", "opengl"),  # Qt finds another way to it
        ("-extension", "/nonexistent", "No OpenGL context could be made."),
        ("+extension", "/nonexistent", "No OpenGL context could be made."),
    ],
    ids=["no GLX", "no GLX, no drivers", "no drivers"],
)
def test_that_a_screen_without_glx_shows_a_surface(extension: str, drivers: str, expected: str) -> None:
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", extension, "GLX", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    try:
        os.close(write)
        with os.fdopen(read) as number:
            display = f":{number.readline().strip()}"
        environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"}
        if drivers:
            environment["LIBGL_DRIVERS_PATH"] = drivers
        result = subprocess.run(
            [sys.executable, "-c", ON_A_SCREEN, str(ROOT), str(Path(__file__).parent)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=40,
        )
    finally:
        server.terminate()
        server.wait()
    assert (result.stdout.strip(), result.returncode) == (expected, 0), result.stderr
