"""What the preview says: plain sentences about how a file was read, and about its columns."""

import codecs
import re

from PySide6.QtCore import QCoreApplication

from landscape_app.data.reading import Doubt, Kind, Survey
from landscape_app.data.table import Table
from landscape_app.views.cell_texts import number_text
from landscape_app.views.preview_summary import Summary, gaps

_QUOTED = re.compile(r"'([^']*)'")
_NUMBER_IN_DOUBT = re.compile(r"[-+\N{MINUS SIGN}]?(\d{1,3})([.,])(\d{3})")
_YES = ("yes", "true", "1", "on")


def _tr(text: str) -> str:
    return QCoreApplication.translate("preview", text)


def delimiters() -> tuple[tuple[str, str], ...]:
    """Return the separators that there are, with their names."""
    return (
        ("comma", _tr("comma  ,")),
        ("semicolon", _tr("semicolon  ;")),
        ("tab", _tr("tab")),
        ("bar", _tr("bar  |")),
        ("blank", _tr("blanks")),
    )


def decimals() -> tuple[tuple[str, str], ...]:
    """Return the decimal signs, with their names and the thousands separator that goes with each."""
    return ("point", _tr("point (1,234.5)")), ("comma", _tr("comma (1.234,5)"))


def encodings() -> tuple[tuple[str, str], ...]:
    """Return the encodings that files usually have, with their names."""
    return (
        ("utf-8", _tr("UTF-8")),
        ("utf-16", _tr("UTF-16")),
        ("utf-16-le", _tr("UTF-16, low byte first")),
        ("utf-16-be", _tr("UTF-16, high byte first")),
        ("cp1252", _tr("Western (Windows-1252)")),
        ("iso8859-1", _tr("Western (Latin-1)")),
        ("iso8859-15", _tr("Western (Latin-9)")),
        ("cp1250", _tr("Central European (Windows-1250)")),
        ("cp1251", _tr("Cyrillic (Windows-1251)")),
        ("cp1253", _tr("Greek (Windows-1253)")),
        ("cp1254", _tr("Turkish (Windows-1254)")),
        ("cp437", _tr("Western (DOS)")),
        ("mac-roman", _tr("Western (Macintosh)")),
        ("shift_jis", _tr("Japanese (Shift JIS)")),
        ("gb18030", _tr("Chinese (GB 18030)")),
        ("big5", _tr("Chinese (Big5)")),
        ("euc_kr", _tr("Korean (EUC-KR)")),
    )


def canonical(encoding: str) -> str:
    """Return one name for all names of an encoding; an unknown one as it is."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return encoding
    return "utf-8" if name == "utf-8-sig" else name


def encoding_title(encoding: str) -> str:
    """Return how an encoding is called."""
    titles = {canonical(name): title for name, title in encodings()}
    return titles.get(canonical(encoding), encoding.upper())


def kind_title(kind: Kind) -> str:
    """Return what a column holds."""
    return _tr("numbers") if kind == "number" else _tr("words")


# --- doubts ----------------------------------------------------------------------------------------------------------


def choice_value(setting: str, choice: str) -> object:
    """Return what a choice means as a value of this setting of `Reading`."""
    return choice.strip().lower() in _YES if setting == "header" else choice


def choice_title(doubt: Doubt, choice: str) -> str:
    """Return the text of the button that settles ``doubt`` with ``choice``."""
    if doubt.setting == "decimal":
        return _decimal_title(doubt, choice)
    if doubt.setting == "delimiter":
        return dict(delimiters()).get(choice, choice)
    if doubt.setting == "encoding":
        return encoding_title(choice)
    if doubt.setting == "header":
        first = choice_value("header", choice)
        return _tr("The first line holds names") if first else _tr("The first line is data")
    return choice


def _decimal_title(doubt: Doubt, choice: str) -> str:
    quoted = _QUOTED.findall(doubt.sentence)
    found = _NUMBER_IN_DOUBT.fullmatch(quoted[0].strip()) if len(quoted) == 1 else None
    if found is None:
        return dict(decimals()).get(choice, choice)
    whole, sign, rest = found.groups()
    text = f"{whole}{sign}{rest}"
    if (choice == "point") == (sign == "."):
        low = int(whole)
        title = _tr("Decimal point: {0} is between {1} and {2}")
        if sign == ",":
            title = _tr("Decimal comma: {0} is between {1} and {2}")
        return title.format(text, low, low + 1)
    return _tr("Thousands: {0} is {1}").format(text, f"{whole}{rest}")


# --- sentences -------------------------------------------------------------------------------------------------------


def counted(count: int, one: str, many: str) -> str:
    """Return a count with the noun that fits it."""
    return (one if count == 1 else many).format(f"{count:,}")


def understood(survey: Survey | None, table: Table | None) -> str:
    """Return one sentence on what a file was taken for, and how much there is in it."""
    form = "" if survey is None else ", ".join(_form(survey))
    if table is not None:
        missing = sum(0 if (where := gaps(column)) is None else int(where.sum()) for column in table.columns)
        content = ", ".join(
            (
                counted(table.rows, _tr("{0} row"), _tr("{0} rows")),
                counted(len(table.columns), _tr("{0} column"), _tr("{0} columns")),
                counted(missing, _tr("{0} value missing"), _tr("{0} values missing"))
                if missing
                else _tr("nothing missing"),
            )
        )
    elif survey is not None and survey.names:
        content = counted(len(survey.names), _tr("{0} column"), _tr("{0} columns"))
    else:
        content = ""
    sentence = ": ".join(part for part in (form, content) if part)
    return f"{sentence}." if sentence else ""


def _form(survey: Survey) -> list[str]:
    reading = survey.reading
    separated = {
        "comma": _tr("Comma-separated text"),
        "semicolon": _tr("Semicolon-separated text"),
        "tab": _tr("Tab-separated text"),
        "bar": _tr("Bar-separated text"),
        "blank": _tr("Blank-separated text"),
        None: _tr("Text"),
    }
    forms = {
        "text": separated[reading.delimiter],
        "xlsx": _tr("Excel workbook"),
        "json": _tr("JSON records"),
        "parquet": _tr("Parquet table"),
        "npy": _tr("NumPy array"),
        "npz": _tr("NumPy archive"),
    }
    parts = [forms[survey.form]]
    if reading.part is not None:
        sheet = _tr("sheet '{0}'") if survey.form == "xlsx" else _tr("array '{0}'")
        parts.append(sheet.format(reading.part))
    if survey.form == "text" and reading.encoding is not None:
        parts.append(encoding_title(reading.encoding))
    if survey.form in ("text", "xlsx") and reading.header is not None:
        parts.append(_tr("names in the first line") if reading.header else _tr("no line with names"))
    if survey.form == "text" and reading.decimal is not None:
        parts.append(_tr("decimal points") if reading.decimal == "point" else _tr("decimal commas"))
    return parts


def column_sentence(name: str, unit: str, summary: Summary | None, obstacle: str = "") -> str:
    """Return one line on a column: its range and mean, or its words, and what is missing."""
    title = f"{name} ({unit})" if unit else name
    if summary is None:
        return f"{title}: {obstacle}" if obstacle else title
    if summary.words:
        words = ", ".join(
            f"{word} {count:,}" for word, count in zip(summary.words, summary.counts.tolist(), strict=True)
        )
        more = summary.different - len(summary.words)
        content = words if more <= 0 else _tr("{0} and {1} more words").format(words, more)
    elif summary.counts.size == 0:
        content = _tr("no values")
    else:
        # Without commas between thousands: which sign means what is the very question here.
        low, mean, high = (number_text(float(f"{value:.5g}")) for value in (summary.low, summary.mean, summary.high))
        content = _tr("from {0} to {1}, mean {2}").format(low, high, mean)
    missing = _tr("{0} missing").format(f"{summary.missing:,}") if summary.missing else _tr("nothing missing")
    return f"{title}: {content}; {missing}"
