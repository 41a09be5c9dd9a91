"""The command itself: ask everything, print the report."""

import sys

from landscape_app import __version__
from landscape_app.doctor.display import ask_qt, environment_lines, opengl_lines, screen_lines
from landscape_app.doctor.libraries import library_lines
from landscape_app.doctor.machine import folder_lines, machine_lines
from landscape_app.doctor.packages import package_lines
from landscape_app.doctor.report import Line, Remedy, Report, Section
from landscape_app.export.sentence_parser import SentenceParser

_ABOUT = """\
Tell what the program finds on this machine: versions, display, OpenGL, folders, and what is missing. The exit status
is 0 if the window can open, else 1. Nothing is changed, and nothing is sent anywhere."""


def doctor(words: list[str]) -> int:
    """Print the report and return the exit status: 0 if the window can open."""
    parser = SentenceParser(prog="landscape-app doctor", description=_ABOUT, allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print the same as JSON")
    given = parser.parse_args(words)
    report = examine()
    sys.stdout.write(report.to_json() if given.json else report.to_text())
    return 0 if report.can_open_window else 1


def examine() -> Report:
    """Look at everything; takes a second or two."""
    packages, package_remedies = package_lines()
    libraries, library_remedies = library_lines()
    display, display_remedies = environment_lines()
    folders, folder_remedies = folder_lines()
    screens: tuple[Line, ...] = (Line("Qt", "not tried, for there is no display"),)
    opengl: tuple[Line, ...] = (Line("OpenGL", "not tried, for there is no display"),)
    screen_remedies: tuple[Remedy, ...] = ()
    opengl_remedies: tuple[Remedy, ...] = ()
    opens = False
    if not display_remedies:
        found = ask_qt()
        opens = not found.problem
        screens = screen_lines(found)
        if opens:
            opengl, opengl_remedies = opengl_lines()
        else:
            opengl = (Line("OpenGL", "not tried, for Qt does not start"),)
            if not (library_remedies or package_remedies):
                advice = "Check the display and the variable QT_QPA_PLATFORM; then set the program up again."
                screen_remedies = (Remedy(found.problem, advice),)
    return Report(
        program=f"landscape-app {__version__}",
        can_open_window=opens,
        sections=(
            Section("Machine", machine_lines()),
            Section("Packages", packages),
            *([Section("Libraries", libraries)] if libraries else []),
            Section("Display", (*display, *screens)),
            Section("OpenGL", opengl),
            Section("Folders", folders),
        ),
        remedies=(
            *package_remedies, *library_remedies, *display_remedies, *screen_remedies, *opengl_remedies,
            *folder_remedies,
        ),
    )  # fmt: skip
