"""JSON becomes a Survey or a Table: a list of records, or an object of equally long lists."""

import json
from typing import Any

from landscape_app.core.errors import DataError
from landscape_app.data.columns import check_usable, place_of
from landscape_app.data.grid import kinds_of
from landscape_app.data.reading import Progress, Reading, Survey
from landscape_app.data.source import Source
from landscape_app.data.table import Table
from landscape_app.data.text_layout import SHOWN
from landscape_app.data.value_columns import cell_text, value_column
from landscape_app.data.wording import counted, shortened


def survey_json(source: Source, reading: Reading) -> Survey:
    """Read everything, since there is no other way, and show the first records."""
    values = _columns(source, reading)
    rows = list(zip(*(column[:SHOWN] for column in values.values()), strict=True))
    given = dict(reading.kinds)
    seen = kinds_of(rows, len(values))
    return Survey(
        title=source.title,
        form="json",
        reading=reading,
        names=tuple(values),
        units=("",) * len(values),
        cells=tuple(tuple(cell_text(value) for value in row) for row in rows),
        kinds=tuple(given.get(name, kind) for name, kind in zip(values, seen, strict=True)),
        whole=all(len(column) <= SHOWN for column in values.values()),
    )


def read_json(source: Source, reading: Reading, progress: Progress | None) -> Table:
    """Read all records."""
    values = _columns(source, reading)
    where = place_of("record", 1)
    made = []
    for done, (name, column) in enumerate(values.items()):
        if progress is not None:
            progress(done / len(values))
        made.append(value_column(source.title, name, column, reading, where))
    columns = tuple(column for column, _ in made)
    check_usable(source.title, columns)
    rows = len(next(iter(values.values())))
    notes = [note for _, note in made if note]
    if reading.rows is not None and rows == reading.rows:
        notes.append(f"Only the first {counted(rows, 'row')} were read.")
    return Table(source.title, columns, rows, notes=tuple(notes), stamp=source.stamp)


def _columns(source: Source, reading: Reading) -> dict[str, list[Any]]:
    """Return the columns by name."""
    title = source.title
    with source.opened() as file:
        raw = file.read(source.size)
    try:
        content = json.loads(raw, object_pairs_hook=lambda pairs: _once(title, pairs))
    except RecursionError as error:
        raise DataError(f"'{title}' is nested too deeply to be a table: it needs a list of records.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"'{title}' is not UTF-8 text, as JSON has to be: save it again in UTF-8.") from error
    except json.JSONDecodeError as error:
        raise DataError(
            f"Line {error.lineno} of '{title}' is not valid JSON ({error.msg.lower()}): correct it there."
        ) from error
    except ValueError as error:  # a number of thousands of digits
        raise DataError(f"'{title}' holds a number that is too long to be one: correct it.") from error
    if isinstance(content, dict) and isinstance(content.get("version"), int) and isinstance(content.get("data"), dict):
        raise DataError(f"'{title}' is a session of this program, not a table: open it as a session.")
    found = _of_lists(content) if isinstance(content, dict) else _of_records(title, content)
    if not found or not next(iter(found.values())):
        raise DataError(f'\'{title}\' holds no table: it needs a list of records such as [{{"x": 1, "y": 2}}].')
    return {name: column[: reading.rows] for name, column in found.items()}


def _once(title: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs; a name that comes twice would lose a value."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"'{title}' has a record with two values for {shortened(twice)}: keep one of them.")
    return made


def _of_lists(content: dict[str, Any]) -> dict[str, list[Any]]:
    """Return an object of equally long lists, or nothing."""
    lengths = {len(value) if isinstance(value, list) else -1 for value in content.values()}
    return dict(content) if len(lengths) == 1 and -1 not in lengths else {}


def _of_records(title: str, content: Any) -> dict[str, list[Any]]:
    """Turn records into columns; what a record lacks is missing."""
    if not isinstance(content, list):
        return {}
    names: dict[str, None] = {}
    for number, record in enumerate(content, start=1):
        if not isinstance(record, dict):
            raise DataError(
                f"Record {number} of '{title}' is {shortened(cell_text(record))}, not an object with the names of the "
                'columns: write {"x": 1, "y": 2}.'
            )
        names.update(dict.fromkeys(record))
    return {name: [record.get(name) for record in content] for name in names}
