"""Whether there is a display to open a window on, found out without Qt, which would end the program if not."""

import os
import socket
import sys
from pathlib import Path


def has_display() -> bool:
    """Whether a window can be opened; Windows and macOS always have a display.

    A display that is named but does not answer (a session that ended) would make Qt abort, so it is tried.
    """
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return wayland_answers() or x11_answers() is not False


def wayland_answers() -> bool:
    """Whether Wayland's display is named and answers."""
    wayland = os.environ.get("WAYLAND_DISPLAY")
    return bool(wayland) and _answers(str(Path(os.environ.get("XDG_RUNTIME_DIR", "/run")) / str(wayland)))


def x11_answers() -> bool | None:
    """Whether X11's display is named and answers; None for another machine's, as over ssh: to ask takes too long."""
    display = os.environ.get("DISPLAY", "")
    host, colon, number = display.rpartition(":")
    number = number.split(".")[0]
    if not colon or not number.isdigit():
        return False
    if host not in ("", "unix"):
        return None
    socket_path = f"/tmp/.X11-unix/X{number}"
    return _answers(socket_path) or _answers("\0" + socket_path)


def _answers(address: str) -> bool:
    """Whether something listens on a Unix socket; a leading NUL means one without a file."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(address)
        except OSError:
            return False
    return True
