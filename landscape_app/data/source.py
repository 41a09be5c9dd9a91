"""A file that is about to be read, or a text in its place: checked before it is opened, and again afterwards."""

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from landscape_app.core.errors import DataError
from landscape_app.data.reading import FileStamp
from landscape_app.data.wording import on_one_line


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Bytes to be read: those of the file ``path``, or ``content``. ``size`` is their number."""

    title: str
    size: int
    path: Path | None = None
    content: bytes = b""
    stamp: FileStamp | None = None

    @classmethod
    def of_file(cls, path: str | os.PathLike[str]) -> "Source":
        """Look at a file without opening it; pipes and devices, which might never answer, are refused.

        Raises
        ------
        DataError
            If there is no such ordinary file, or it can't be looked at.
        """
        path = Path(path)
        with _sentences(path):
            info = path.stat()
        if stat.S_ISDIR(info.st_mode):
            raise DataError(f"'{on_one_line(str(path))}' is a folder: choose a file in it.")
        if not stat.S_ISREG(info.st_mode):
            raise DataError(f"'{on_one_line(str(path))}' is not an ordinary file: choose a file with a table.")
        stamp = FileStamp(str(path.absolute()), info.st_size, info.st_mtime_ns)
        return cls(on_one_line(path.name), info.st_size, path, stamp=stamp)

    @classmethod
    def of_text(cls, text: str, title: str) -> "Source":
        """Take a text, for instance from the clipboard."""
        content = text.encode("utf-8", "surrogatepass")
        return cls(on_one_line(title), len(content), content=content)

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open for reading; says so if the file goes or changes meanwhile.

        Raises
        ------
        DataError
            If it can't be opened or read, or is not what it was when it was looked at.
        """
        if self.path is None:
            yield io.BytesIO(self.content)
            return
        with _sentences(self.path), self.path.open("rb") as file:
            self._check_unchanged(file)
            try:
                yield file
            except DataError:
                self._check_unchanged(file)  # which then explains what is wrong
                raise
            self._check_unchanged(file)

    def _check_unchanged(self, file: BinaryIO) -> None:
        assert self.stamp is not None
        info = os.fstat(file.fileno())
        if (info.st_size, info.st_mtime_ns) != (self.stamp.size, self.stamp.modified):
            raise DataError(f"'{self.title}' was changed while it was read: open it again.")

    def beginning(self, length: int) -> bytes:
        """Return the first ``length`` bytes."""
        with self.opened() as file:
            return file.read(length)


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    """Turn what the system says into a sentence."""
    name = on_one_line(str(path))
    try:
        yield
    except FileNotFoundError as error:
        raise DataError(f"There is no file '{name}': check its name, or whether it was moved.") from error
    except PermissionError as error:
        raise DataError(f"'{name}' may not be read: ask for permission, or copy it to a folder of yours.") from error
    except OSError as error:
        raise DataError(f"'{name}' could not be read: {error.strerror or error}.") from error
    except ValueError as error:
        if "null" not in str(error):  # only a NUL in the name is meant
            raise
        raise DataError(f"'{name}' can't be the name of a file.") from error
