"""All or nothing: results are made aside and moved into their folder when they are complete."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from landscape_app.core.errors import ConfigError


@contextmanager
def filled_at_once(folder: Path) -> Iterator[Path]:
    """Hand out an empty folder whose files are moved into ``folder`` if all goes well.

    If anything goes wrong, on the way or while moving, ``folder`` is as it was before, and not there if it
    was not. Other files in it stay.

    Raises
    ------
    ConfigError
        If ``folder`` is something else than a folder, or can't be written to.
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder} is not a folder: choose another one for --out.")
    # On the same file system, so that moving is renaming: inside the folder, or beside it if it isn't there.
    nearest = next((place for place in (folder, *folder.absolute().parents) if place.is_dir()), Path.cwd())
    try:
        workshop = tempfile.TemporaryDirectory(prefix=".landscape-", dir=nearest, ignore_cleanup_errors=True)
    except OSError as error:
        raise ConfigError(f"{folder} can't be written to: {error.strerror or error}.") from error
    with workshop as place:
        made, replaced = Path(place, "made"), Path(place, "replaced")
        made.mkdir()
        replaced.mkdir()
        yield made
        _move(made, folder, replaced)


def _move(made: Path, folder: Path, replaced: Path) -> None:
    """Rename the files of ``made`` into ``folder``; undo all of it if one can't be."""
    new_folders: list[Path] = []
    done: list[Path] = []
    try:
        _make_folders(folder, new_folders)
        for source in sorted(made.iterdir()):
            target = folder / source.name
            if target.is_dir() and not target.is_symlink():
                raise ConfigError(f"{target} is a folder, but a file of this name is to be written: move it away.")
            if target.exists() or target.is_symlink():
                target.rename(replaced / target.name)
            done.append(target)
            source.rename(target)
    except BaseException:
        for target in done:
            target.unlink(missing_ok=True)
            if (replaced / target.name).exists() or (replaced / target.name).is_symlink():
                (replaced / target.name).rename(target)
        for created in reversed(new_folders):
            created.rmdir()
        raise


def _make_folders(folder: Path, made: list[Path]) -> None:
    """Make ``folder`` and its parents; ``made`` tells which are new, also if one of them fails."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir()
        made.append(place)
