"""What a session takes along: small data in the file itself, of larger ones the way to them and their fingerprint."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from landscape_app.core.errors import DataError
from landscape_app.data.reading import Progress
from landscape_app.data.table import Table
from landscape_app.session.config import DataConfig, Experiment, SavedSession, ViewConfig
from landscape_app.session.embedded import EmbeddedTable
from landscape_app.session.problem import Problem
from landscape_app.session.records import Timeline

#: Tables of up to so many cells are written into the session: about a megabyte.
EMBEDDED_CELLS = 50_000
_BLOCK = 1 << 20


def packed(experiment: Experiment, problem: Problem, timeline: Timeline, view: ViewConfig) -> SavedSession:
    """Return the session that brings back ``experiment`` as far as ``timeline`` goes. Reads the file's bytes.

    Raises
    ------
    DataError
        If the data are too many to be taken along and their file is not any more what was read.
    """
    # One more than was recorded, if that is where it diverged: the reopened run is to know that too.
    iterations = timeline.last + (timeline.divergence is not None)
    own = {
        "data": packed_data(experiment.data, problem.loaded.table),
        "run": experiment.run.but(iterations=iterations),
        "view": view,
    }
    # Whatever else an experiment has goes along, in the present format.
    others = Experiment.model_fields.keys() - own.keys() - {"version"}
    return SavedSession(**own, **{name: getattr(experiment, name) for name in others})


def packed_data(data: DataConfig, table: Table | None) -> DataConfig:
    """Return ``data`` with its ``table`` if that is small, else with the fingerprint of its file."""
    if data.kind != "file" or data.table is not None or table is None:
        return data
    if table.rows * len(table.columns) <= EMBEDDED_CELLS:
        return data.but(table=EmbeddedTable.of(table))  # type: ignore[no-any-return]
    path = Path(data.path or "")
    try:
        now = path.stat()
    except OSError as error:
        raise DataError(
            f"The data file {path} is gone: put it back, or save the data as CSV and open that; then save again."
        ) from error
    if table.stamp is not None and (now.st_size, now.st_mtime_ns) != (table.stamp.size, table.stamp.modified):
        raise DataError(
            f"The data file {path} was changed since it was read: open it again, or save the data as CSV and open "
            "that; then save the session."
        )
    return data.but(sha256=file_sha256(path))  # type: ignore[no-any-return]


def file_sha256(path: Path, progress: Progress | None = None) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal digits."""
    digest, size, read = hashlib.sha256(), max(1, path.stat().st_size), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            read += len(block)
            if progress is not None:
                progress(min(1.0, read / size))
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class SourceTrouble:
    """The data file of a session is not what it was: ``kind`` says how, ``sentence`` tells the user."""

    kind: Literal["missing", "changed"]
    path: str
    sentence: str


def source_trouble(data: DataConfig, progress: Progress | None = None) -> SourceTrouble | None:
    """Look whether the file that ``data`` refer to is still there and the same; None if all is well."""
    if data.kind != "file" or data.table is not None:
        return None
    path = Path(data.path or "")
    if not path.is_file():
        return SourceTrouble("missing", str(path), f"The session's data file {path} is not there any more.")
    if data.sha256 is not None and file_sha256(path, progress) != data.sha256:
        return SourceTrouble("changed", str(path), f"The data file {path} was changed since the session was saved.")
    return None
