"""Whether OpenGL works here, found out in a process of its own: a broken driver may crash it, or never return.

This module knows no Qt, so that anybody may ask. What is tried stands in ``landscape_app.views.surface_trial``.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO

#: Seconds that a trial may take: a usual one takes half a second, on a slow disk some more.
TIME_OUT = 10.0
#: Characters of what a failed trial said that are repeated.
MOST_SAID = 200
#: Parts of the names of renderers that use the processor.
SOFTWARE = ("llvmpipe", "softpipe", "swiftshader", "software", "swrast")
#: Platforms of Qt that have no OpenGL, or none that is worth it.
WITHOUT_OPENGL = frozenset({"offscreen", "minimal", "vnc", "linuxfb"})

#: What Qt says before it ends the process because there is no screen, on X11 and on Wayland.
NO_SCREEN = ("could not connect to display", "Failed to create wl_display")

#: What can be wrong; ``{detail}`` is what was found instead.
SENTENCES = {
    "": "",
    "unwanted": "LANDSCAPE_SURFACE=painted switches OpenGL off.",
    "screen": "There is no screen to try OpenGL on.",
    "platform": "Qt's platform “{detail}” has no OpenGL.",
    "no context": "No OpenGL context could be made.",
    "old": "The driver offers {detail}; OpenGL 2.1 is needed.",
    "blank": "OpenGL draws nothing, or something wrong.",
    "error": "OpenGL does not work here: {detail}",
    "crash": "A trial of OpenGL crashed: {detail}",
    "hang": "A trial of OpenGL did not end within {detail} seconds.",
    "unstarted": "OpenGL could not be tried: {detail}",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a trial found: ``kind``, one of ``SENTENCES``, is empty if OpenGL works; ``detail`` belongs to it.

    ``vendor``, ``renderer`` and ``version`` are the driver's own words.
    """

    kind: str = ""
    detail: str = ""
    vendor: str = ""
    renderer: str = ""
    version: str = ""

    @property
    def works(self) -> bool:
        """Whether OpenGL can be used."""
        return not self.kind

    @property
    def problem(self) -> str:
        """The sentence that says why OpenGL can't be used; empty if it can."""
        return SENTENCES[self.kind].format(detail=self.detail)

    @property
    def in_software(self) -> bool:
        """Whether the processor draws."""
        return any(name in self.renderer.lower() for name in SOFTWARE)

    def to_json(self) -> str:
        """Return one line that ``from_json`` understands."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Finding":
        """Understand what ``to_json`` wrote; raises ValueError for anything else."""
        found = json.loads(text)
        names = {field.name for field in fields(cls)}
        if not isinstance(found, dict) or set(found) != names or not all(isinstance(v, str) for v in found.values()):
            raise ValueError(f"no finding: {text[:MOST_SAID]}")
        if found["kind"] not in SENTENCES:
            raise ValueError(f"an unknown kind of finding: {found['kind'][:MOST_SAID]}")
        return cls(**found)


class Trial:
    """One trial, running from the moment it is made; ``poll`` asks for its result and never waits.

    ``platform`` is the one of Qt that is to be tried, Qt's own choice if it is empty. ``command`` replaces the
    process that is run.
    """

    def __init__(self, platform: str = "", time_out: float = TIME_OUT, command: Sequence[str] = ()) -> None:
        self._time_out = time_out
        self._end = time.monotonic() + time_out
        self._finding: Finding | None = None
        self._process: subprocess.Popen[bytes] | None = None
        # Files, not pipes: a driver that says more than a pipe holds would wait for a reader for ever.
        self._out, self._err = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - open until it ends
        words = command or (sys.executable, "-P", "-m", "landscape_app.views.surface_trial")
        try:
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=self._out,
                stderr=self._err,
                env=_environment(platform),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            self._conclude(Finding("unstarted", error.strerror or str(error)))
            return
        atexit.register(self.stop)

    def poll(self) -> Finding | None:
        """Return what was found, or None while that is not known."""
        if self._process is not None:
            status = self._process.poll()
            if status is not None:
                self._conclude(self._read(status))
            elif time.monotonic() > self._end:
                self._kill()
                self._conclude(Finding("hang", f"{self._time_out:g}"))
        return self._finding

    def wait(self) -> Finding:
        """Return what was found as soon as it is known, after the time-out at the latest."""
        if self._process is not None:
            try:
                self._process.wait(max(0.0, self._end - time.monotonic()) + 0.01)
            except subprocess.TimeoutExpired:
                time.sleep(max(0.0, self._end - time.monotonic()))
        finding = self.poll()
        assert finding is not None
        return finding

    def stop(self) -> None:
        """Give up; safe to call at any time."""
        if self._process is not None:
            self._kill()
            self._conclude(Finding("unstarted", "it was given up"))

    def _kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def _conclude(self, finding: Finding) -> None:
        self._finding = finding
        self._process = None
        self._out.close()
        self._err.close()
        atexit.unregister(self.stop)

    def _read(self, status: int) -> Finding:
        said = _text(self._out).strip().splitlines()
        complaints = _text(self._err).strip()
        complaint = (complaints.splitlines() or [""])[-1][:MOST_SAID]
        if status != 0:
            if any(words in complaints for words in NO_SCREEN):
                return Finding("screen")
            how = f"signal {-status}" if status < 0 else f"exit status {status & 0xFFFFFFFF:#x}"
            return Finding("crash", f"{how}, “{complaint}”" if complaint else how)
        try:
            return Finding.from_json(said[-1] if said else "")
        except ValueError:
            return Finding("error", complaint or "the trial said nothing")


def probe_in_subprocess(time_out: float = TIME_OUT, command: Sequence[str] = ()) -> Finding:
    """Try OpenGL in a process of its own and wait for the result; needs neither Qt nor a screen in this one."""
    return Trial(time_out=time_out, command=command).wait()


def _environment(platform: str) -> dict[str, str]:
    """Return the variables for a trial, so that it finds this very package, wherever that lies."""
    environment = dict(os.environ)
    package = str(Path(__file__).resolve().parent.parent)
    paths = environment.get("PYTHONPATH", "")
    environment["PYTHONPATH"] = f"{package}{os.pathsep}{paths}" if paths else package
    environment["QT_MAC_DISABLE_FOREGROUND_APPLICATION_TRANSFORM"] = "1"  # else it would hop in the dock
    if platform:
        environment["QT_QPA_PLATFORM"] = platform
    return environment


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(100_000).decode(errors="replace")
