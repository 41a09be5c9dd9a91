"""Session files: an experiment as JSON, read strictly and written in one go."""

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from landscape_app.core.errors import ConfigError
from landscape_app.session.config import FORMAT_VERSION, Experiment, SavedSession

_Kind = TypeVar("_Kind", bound=Experiment)


def read_session(path: Path) -> SavedSession:
    """Return what the session file ``path`` holds; its data file's path becomes absolute.

    Older versions are read too. Whether the data file is still there is not looked at: see `source_trouble`.

    Raises
    ------
    ConfigError
        One sentence: the file can't be read, is no session, is newer than this program, or holds
        something unknown or out of range.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = json.loads(text)
    except OSError as error:
        raise ConfigError(f"The session {path} can't be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is not a session file: it does not hold valid JSON.") from error
    version = content.get("version") if isinstance(content, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ConfigError(f"{path} is not a session file: it does not say which version it has.")
    if version > FORMAT_VERSION:
        raise ConfigError(
            f"{path} was written by a newer version of this program (format {version}, this one reads up to "
            f"{FORMAT_VERSION}): update the program to open it."
        )
    try:
        # Strict: "5" is not a number and true is not 1. Reading as JSON still takes a list for a tuple.
        session = SavedSession.model_validate_json(text.removeprefix("\ufeff"), strict=True)
    except ValidationError as error:
        raise ConfigError(f"The session {path} can't be used: {first_complaint(error)}.") from error
    session = _with_data_path(session, lambda data: os.path.normpath(_real_folder(path.parent) / data))
    return session.but(version=FORMAT_VERSION)  # type: ignore[no-any-return]


def is_session(path: Path) -> bool:
    """Whether the file seems to be a session: a JSON object that tells its version first, as ours do."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        beginning = file.read(200)
    return re.match(rb'(\xef\xbb\xbf)?\s*\{\s*"version"\s*:', beginning) is not None


def session_text(session: Experiment, folder: Path) -> str:
    """Return the content of a session file that will stand in ``folder``.

    The path of a data file is made relative to the folder, so that both can be moved together; where that
    is impossible (another drive) it stays absolute.
    """

    def relative(data: str) -> str:
        absolute = _real_folder(Path(data).parent) / Path(data).name
        try:
            return Path(os.path.relpath(absolute, _real_folder(folder))).as_posix()
        except ValueError:  # two drives of Windows have no relative path between them
            return str(absolute)

    content = _with_data_path(session, relative).model_dump(mode="json")
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_session(session: Experiment, path: Path) -> None:
    """Write the session file ``path``; whatever happens, it holds either the old or the new session."""
    text = session_text(session, path.parent)
    with replacing(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Hand out the name of a new file that takes the place of ``path`` if all goes well.

    It keeps the suffix and stands in the same folder, so that the exchange is one step of the file system.
    """
    with tempfile.TemporaryDirectory(prefix=".landscape-", dir=path.parent, ignore_cleanup_errors=True) as folder:
        unfinished = Path(folder) / path.name
        yield unfinished
        unfinished.replace(path)


def first_complaint(error: ValidationError) -> str:
    """Return the first thing that is wrong, as a clause without a full stop."""
    details = error.errors(include_url=False)[0]
    setting, exact = _setting(details["loc"])
    message = details["msg"].removeprefix("Value error, ").replace("Input should", "it should", 1)
    if details["type"] == "extra_forbidden":
        return f"there is no setting called {setting}"
    if details["type"] == "value_error" or not setting:
        return f"{setting}: {message}" if setting else message
    if not exact:
        return f"{setting} has a value of the wrong kind"
    given = repr(details["input"])
    shown = given if len(given) <= 40 else given[:37] + "..."
    return f"{setting} is {shown}, but {message}"


def _setting(location: tuple[int | str, ...]) -> tuple[str, bool]:
    """Return the setting's name with dots; False if pydantic tried alternatives that say nothing to a user."""
    names: list[str] = []
    for part in location:
        if isinstance(part, str) and (part in {"float", "str", "int"} or "[" in part):
            return ".".join(names), False
        names.append(str(part))
    return ".".join(names), True


def _with_data_path(experiment: _Kind, change: Callable[[str], str]) -> _Kind:
    data = experiment.data
    if data.path is None:
        return experiment
    changed: _Kind = experiment.but(data=data.but(path=change(data.path)))
    return changed


def _real_folder(folder: Path) -> Path:
    """Return the folder without symbolic links: ``..`` from within a link leads elsewhere than its text says."""
    return Path(os.path.realpath(folder))
