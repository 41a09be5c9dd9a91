"""The file of the preferences: read strictly, changed under a lock, and shared by all windows."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from landscape_app.file_lock import locked
from landscape_app.preferences import MOST_RECENT, VERSION, Preferences, config_folder, merged
from landscape_app.session.files import first_complaint, replacing

log = logging.getLogger(__name__)

Listener = Callable[[Preferences, Preferences], None]


class PreferenceStore:
    """Holds the preferences of one window; ``save`` merges what changed here into the file.

    Nothing here fails: a file that can't be used is set aside as ``settings.json.bad``, one that can't be written is
    left alone, and ``problem`` holds a sentence about it until ``take_problem`` hands it out.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or _standard_path()
        self.current = Preferences()
        self.problem = ""
        #: Called with the preferences before and after each change in this window.
        self.listeners: list[Listener] = []
        self._saved = self.current  # what the file and this window last agreed on
        self._told = False

    def load(self) -> None:
        """Read the file, if there is one; what was remembered takes the place of ``current``."""
        if self.path is None:
            return
        try:
            with locked(_lock_of(self.path)):
                self.current = self._saved = self._read(self.path)
        except OSError as error:
            # There is no such folder yet, or nobody may write there: then nobody writes while this is read.
            log.info("Settings are read without a lock: %s", error)
            self.current = self._saved = self._read(self.path)

    def change(self, **fields: Any) -> None:
        """Change these preferences, in memory at once and in the file with the next ``save``.

        Raises
        ------
        ValidationError, TypeError
            If a value is out of range or a name does not exist, which is a mistake of the program.
        """
        before, after = self.current, self.current.but(**fields)
        if after == before:
            return
        self.current = after
        for listener in tuple(self.listeners):
            listener(before, after)

    def add_recent(self, path: str | Path) -> None:
        """Put a file that was opened or saved in front of the recent ones."""
        text = str(Path(path).absolute())
        self.change(recent=(text, *(p for p in self.current.recent if p != text))[:MOST_RECENT])

    def forget_recent(self, path: str | Path) -> None:
        """Take a file that is gone off the recent ones."""
        self.change(recent=tuple(p for p in self.current.recent if p != str(path)))

    def save(self) -> None:
        """Write what has changed here since the last time; what other windows have written stays."""
        if self.path is None or self.current == self._saved:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with locked(_lock_of(self.path)):
                together = merged(self._saved, self.current, self._read(self.path))
                with replacing(self.path) as unfinished:
                    unfinished.write_text(together.model_dump_json(indent=2) + "\n", encoding="utf-8", newline="\n")
        except OSError as error:
            self._tell_once(
                f"Settings can't be saved in {self.path.parent} ({error.strerror or error}): what you change holds "
                "until the window closes."
            )
            return
        # What others have opened is worth showing; their theme is not to change this window.
        self.current = self.current.but(recent=together.recent)
        self._saved = self.current

    def take_problem(self) -> str:
        """Return the sentence about the file, if there is one to be told, and forget it."""
        problem, self.problem = self.problem, ""
        return problem

    def _tell_once(self, sentence: str) -> None:
        log.warning("%s", sentence)
        if not self._told:
            self._told, self.problem = True, sentence

    def _read(self, path: Path) -> Preferences:
        """Return what the file holds; one that can't be used is set aside and the standard is returned."""
        try:
            return _parsed(path.read_bytes())
        except FileNotFoundError:
            return Preferences()
        except OSError as error:
            reason = f"can't be read ({error.strerror or error})"
        except _UnusableError as error:
            reason = str(error)
        aside = path.with_name(f"{path.name}.bad")
        try:
            path.replace(aside)
            outcome = f"it is kept as {aside.name}, and the standard settings are used"
        except OSError as error:
            log.info("%s stays where it is: %s", path, error)
            outcome = "the standard settings are used"
        self.problem = f"The settings file {path} {reason}: {outcome}."
        log.warning("%s", self.problem)
        return Preferences()


class _UnusableError(Exception):
    """The file holds no preferences that this version understands."""


def _parsed(data: bytes) -> Preferences:
    try:
        text = data.decode("utf-8-sig")
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _UnusableError("does not hold valid JSON") from error
    version = content.get("version") if isinstance(content, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _UnusableError("does not say which version it has")
    if version > VERSION:
        raise _UnusableError(f"was written by a newer version of this program (format {version})")
    try:
        # Strict: "5" is not a number and true is not 1. Reading as JSON still takes a list for a tuple.
        return Preferences.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise _UnusableError(f"can't be used: {first_complaint(error)}") from error


def _standard_path() -> Path | None:
    """Return the place of the file; None, and nothing is remembered, for a user without a home."""
    try:
        return config_folder() / "settings.json"
    except RuntimeError as error:
        log.warning("Nothing will be remembered: %s", error)
        return None


def _lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")
