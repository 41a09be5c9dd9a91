"""Numbers as cells of a table hold them: exact, and as short as that allows."""

from landscape_app.core.arrays import FloatArray


def number_text(value: float) -> str:
    """Return the shortest text that reads back as ``value``; a whole number has no point, NaN is nothing."""
    return "" if value != value else repr(value).removesuffix(".0")


def number_texts(values: FloatArray) -> list[str]:
    """Return the text of each value (n,)."""
    return [number_text(value) for value in values.tolist()]
