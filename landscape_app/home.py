"""Keeps the name of the user out of what is pasted in public."""

import re
from pathlib import Path


def without_home(text: str) -> str:
    """Return ``text`` with ``~`` for the user's home folder, at the beginning of each path in it."""
    try:
        home = str(Path.home())
    except RuntimeError:  # this user has none
        return text
    if len(home) < 2 or home.endswith((":", ":\\")):  # the root of everything names nobody
        return text
    return re.sub(rf"(?<![\w.~-]){re.escape(home)}(?![\w.-])", "~", text)
