"""The command line: arguments are understood before Qt is imported, and often instead of it."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from landscape_app import __version__
from landscape_app.core.errors import ExplorerError
from landscape_app.export.sentence_parser import SentenceParser

_ABOUT = """\
See gradient descent and backpropagation move over the loss landscape of real models.

  landscape-app [FILE]            open the window, with a table or a session if one is named
  landscape-app render --out DIR  run an experiment and write its data and figures, without a window
  landscape-app data              list the bundled data sets and the generators
  landscape-app doctor            tell what the program finds on this machine, and what is missing"""

#: Exit statuses: wrong arguments or data; interrupted by the user; nobody reads the output any more.
WRONG, INTERRUPTED, UNREAD = 2, 130, 141


def main(argv: list[str] | None = None) -> int:
    """Run the program with these arguments (default: those of the process) and return the exit status."""
    words = sys.argv[1:] if argv is None else argv
    # Before numpy is imported. The threads of its algebra wait for each other: while the worker multiplies matrices,
    # a dot product on the window's own thread took up to half a second instead of a few microseconds. Without a
    # window, too, they and the program's own threads get in each other's way.
    for variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    try:
        status = _command(words)
        if sys.stdout is not None:  # a program without a console has none
            sys.stdout.flush()
    except SystemExit as leave:  # argparse leaves like this after --help and --version
        return leave.code if isinstance(leave.code, int) else 0
    except ExplorerError as error:
        return _complain(str(error), WRONG)
    except BrokenPipeError:
        # The reader, such as head, has had enough. What is still buffered must not be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except KeyboardInterrupt:
        return _complain("Stopped.", INTERRUPTED)
    return status


def _command(words: list[str]) -> int:
    commands: dict[str, Callable[[list[str]], int]] = {"render": _render, "data": _data, "doctor": _doctor}
    if words and words[0] in commands:
        return commands[words[0]](words[1:])
    return _window(words)


def _render(words: list[str]) -> int:
    from landscape_app.export.render import render

    try:
        return render(words)
    except BrokenPipeError:
        raise
    except OSError as error:
        about = f" {error.filename}" if error.filename else ""
        return _complain(f"The results can't be written:{about} {error.strerror or error}.", WRONG)
    except MemoryError:
        return _complain("There is not enough memory for this: try a smaller --grid or fewer --iterations.", WRONG)


def _data(words: list[str]) -> int:
    SentenceParser(
        prog="landscape-app data",
        description="List the bundled data sets and generators: what render --data NAME takes.",
        allow_abbrev=False,
    ).parse_args(words)
    from landscape_app.data.listing import data_listing

    sys.stdout.write(data_listing())
    return 0


def _doctor(words: list[str]) -> int:
    from landscape_app.doctor import doctor

    return doctor(words)


def _window(words: list[str]) -> int:
    parser = SentenceParser(
        prog="landscape-app",
        usage="landscape-app [FILE] | render ... | data | doctor",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("file", nargs="?", metavar="FILE", help="a table or a session to open")
    parser.add_argument("--version", action="version", version=f"landscape-app {__version__}")
    parser.add_argument("--quit-after", type=float, metavar="SECONDS", help=argparse.SUPPRESS)
    given = parser.parse_args(words)
    if not _has_display():
        return _render_instead(given.file)
    # Its search through all installed packages takes as long as painting the first map; it has no plugins here.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from landscape_app.app import run_window
    except ImportError as error:
        if (error.name or "").startswith("landscape_app"):  # a mistake of the program, not of the machine
            raise
        return _complain(f"The window can't be opened: {error}. Type landscape-app doctor to see what is missing.", 1)
    return run_window(given.file, given.quit_after)


def _has_display() -> bool:
    """Whether a window can be opened."""
    from landscape_app.display import has_display

    return has_display()


def _render_instead(file: str | None) -> int:
    """Make the best of a machine without a display: render into the folder ``out``."""
    what = "the default experiment" if file is None else file
    sys.stderr.write(f"There is no display to open a window on, so {what} is rendered into the folder out instead.\n")
    if file is None:
        return _render(["--out", "out"])
    path = Path(file)
    if path.suffix.lower() == ".json":
        return _render(["--out", "out", f"--session={file}"])
    # A file in this folder may be called like a data set; the path with a dot can't be taken for one.
    name = os.path.join(os.curdir, file) if path.exists() and not path.is_absolute() else file  # noqa: PTH118
    return _render(["--out", "out", f"--data={name}"])


def _complain(sentence: str, status: int) -> int:
    if sys.stderr is not None:
        sys.stderr.write(f"{' '.join(sentence.split())}\n")
    return status
