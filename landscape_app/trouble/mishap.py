"""One error that should not have happened, as plain text."""

import traceback
from dataclasses import dataclass
from datetime import datetime

#: So much of an error's own message is shown.
MOST_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Mishap:
    """``kind`` is equal for errors that are the same one again; ``count`` says how often it came since the last word.

    ``summary`` is one line, ``details`` the traceback with when, where in the program, and on which thread.
    """

    kind: object
    summary: str
    details: str
    count: int = 1


def mishap_of(kind: object, error: BaseException, what: str, thread: str, when: float) -> Mishap:
    """Describe ``error``, of which the program said ``what`` at the time ``when`` (seconds since 1970)."""
    try:
        message = " ".join(str(error).split())
    except Exception as broken:  # noqa: BLE001 - an error whose own text fails is reported all the same
        message = f"its message can't be read: {type(broken).__name__}"
    if len(message) > MOST_CHARACTERS:
        message = f"{message[:MOST_CHARACTERS]}…"
    name = type(error).__name__
    moment = datetime.fromtimestamp(when).astimezone().isoformat(" ", "seconds")
    trace = "".join(traceback.format_exception(error, limit=-40)).rstrip()
    details = f"{moment}, thread {thread}: {what}\n{trace}"
    return Mishap(kind, f"{name}: {message}" if message else name, details)
