"""What an error's report says about the machine: found without waiting for anything."""

from landscape_app import __version__
from landscape_app.doctor.machine import machine_lines
from landscape_app.doctor.packages import package_lines
from landscape_app.doctor.report import Line, Report, Section
from landscape_app.opengl_probe import Finding


def brief(opengl: Finding | None, qt_platform: str) -> str:
    """Return versions, system, and what is known of OpenGL: None if nothing is known yet."""
    if opengl is None:
        drawn = "not known yet"
    else:
        words = ", ".join(word for word in (opengl.vendor, opengl.renderer, opengl.version) if word)
        drawn = " ".join(part for part in (opengl.problem, words) if part)
    packages, _ = package_lines()
    window = (Line("Qt's platform", qt_platform), Line("OpenGL", drawn))
    sections = (Section("Machine", machine_lines()), Section("Packages", packages), Section("Window", window))
    return Report(f"landscape-app {__version__}", True, sections).findings()
