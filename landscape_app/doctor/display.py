"""The display: whether it answers, what Qt makes of it, and OpenGL."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from landscape_app.display import has_display, wayland_answers, x11_answers
from landscape_app.doctor.report import Line, Remedy
from landscape_app.home import without_home
from landscape_app.opengl_probe import Finding, probe_in_subprocess

#: Seconds that Qt may take to say what it has; a cold disk needs some.
TIME_OUT = 30.0
#: A window of fewer pixels is crowded.
SMALLEST = (1024, 640)
NAMED = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR")


@dataclass(frozen=True, slots=True)
class Screens:
    """What Qt found, or in ``problem`` why it found nothing."""

    problem: str = ""
    found: dict[str, Any] = field(default_factory=dict)


def ask_qt(time_out: float = TIME_OUT) -> Screens:
    """Let Qt say in a process of its own what it finds."""
    root = str(Path(__file__).resolve().parents[2])
    paths = os.environ.get("PYTHONPATH", "")
    environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{paths}" if paths else root}
    try:
        run = subprocess.run(
            [sys.executable, "-P", "-m", "landscape_app.doctor.screen_trial"],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=time_out,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Screens(f"Qt did not answer within {time_out:g} seconds.")
    except OSError as error:
        return Screens(f"Qt could not be tried: {error.strerror or error}.")
    if run.returncode == 0:
        try:
            return Screens(found=json.loads(run.stdout.splitlines()[-1]))
        except (ValueError, IndexError):
            return Screens("Qt said nothing that can be understood.")
    said = [line for line in run.stderr.splitlines() if line.strip()]
    # Python names the missing library in its last line; Qt its complaint in one of the first.
    line = said[-1] if said and "Error" in said[-1] else next((one for one in said if "qt.qpa" in one), "")
    how = f"signal {-run.returncode}" if run.returncode < 0 else f"exit status {run.returncode}"
    return Screens(without_home(f"Qt can't start ({how}){': ' + line.strip() if line else ''}"))


def environment_lines() -> tuple[tuple[Line, ...], tuple[Remedy, ...]]:
    """Return which display is named and whether it answers, without Qt."""
    lines = [Line(name, os.environ[name]) for name in NAMED if os.environ.get(name)]
    if not sys.platform.startswith("linux"):
        return tuple(lines), ()
    answers = x11_answers()
    if os.environ.get("WAYLAND_DISPLAY"):
        lines.append(Line("Wayland", "answers" if wayland_answers() else "does not answer"))
    if os.environ.get("DISPLAY"):
        lines.append(Line("X11", {True: "answers", False: "does not answer", None: "on another machine"}[answers]))
    if has_display():
        return tuple(lines), ()
    named = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    missing = f"The display {named} does not answer." if named else "There is no display to open a window on."
    lines.append(Line("display", "none", missing))
    advice = "Start the program on a desktop; over ssh type ssh -X. Without a display, landscape-app render works."
    return tuple(lines), (Remedy(missing, advice),)


def screen_lines(screens: Screens) -> tuple[Line, ...]:
    """Return what Qt found."""
    if screens.problem:
        return (Line("Qt", "does not start", screens.problem),)
    found = screens.found
    lines = [Line("Qt", str(found["qt"])), Line("platform", str(found["platform"]))]
    for screen in found["screens"]:
        width, height, scale = screen["width"], screen["height"], screen["scale"]
        size = f"{width} × {height} at scale {scale:g}, {screen['hertz']:.0f} Hz, {screen['dots_per_inch']:.0f} dpi"
        small = width < SMALLEST[0] or height < SMALLEST[1]
        problem = f"That is small: from {SMALLEST[0]} × {SMALLEST[1]} on nothing is crowded." if small else ""
        name = "" if screen["name"] == "screen" else screen["name"]  # a display without names says that
        lines.append(Line(f"screen {name}".strip(), size, problem))
    fonts = int(found["fonts"])
    lines.append(Line("font", f"{found['font'] or 'unnamed'}, one of {fonts}" if fonts else "none"))
    return tuple(lines)


def opengl_lines() -> tuple[tuple[Line, ...], tuple[Remedy, ...]]:
    """Return what a trial of OpenGL found."""
    finding: Finding = probe_in_subprocess()
    lines = [
        Line(name, value)
        for name, value in (
            ("vendor", finding.vendor), ("renderer", finding.renderer), ("version", finding.version),
        )
        if value
    ]  # fmt: skip
    if finding.works:
        lines.append(Line("drawn by", "the processor" if finding.in_software else "the graphics card"))
        return tuple(lines), ()
    problem = without_home(finding.problem)
    lines.append(Line("OpenGL", "can't be used", problem))
    advice = "The surface is painted without it, in fewer facets. A driver of the graphics card's maker may bring it."
    return tuple(lines), (Remedy(f"OpenGL can't be used: {problem}", advice, serious=False),)
