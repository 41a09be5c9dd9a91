"""A table that is part of the experiment itself: typed, pasted, edited, or taken along with a session."""

from collections.abc import Sequence
from math import isnan
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from landscape_app.core.arrays import FloatArray, frozen
from landscape_app.data.table import Column, Table


class Numbers:
    """A read-only column (rows,) of float64, NaN where a value is missing; equal if all values are.

    In JSON it is a list of numbers, with null for a missing one.
    """

    __slots__ = ("array",)

    def __init__(self, values: FloatArray | Sequence[float | None]) -> None:
        if not isinstance(values, np.ndarray):
            values = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        self.array = frozen(values)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Numbers):
            return NotImplemented
        return self.array is other.array or np.array_equal(self.array, other.array, equal_nan=True)

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.array)

    def as_list(self) -> list[float | None]:
        """Return Python's numbers, None where one is missing."""
        return [None if isnan(value) else value for value in self.array.tolist()]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Take a list of finite numbers and nulls, or Numbers; write a list."""
        number = core_schema.nullable_schema(core_schema.float_schema(allow_inf_nan=False))
        from_list = core_schema.no_info_after_validator_function(cls, core_schema.list_schema(number))
        return core_schema.json_or_python_schema(
            json_schema=from_list,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), from_list]),
            serialization=core_schema.plain_serializer_function_ser_schema(cls.as_list),
        )


class EmbeddedColumn(BaseModel):
    """One column: ``numbers``, or ``words`` (None: missing)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    unit: str = ""
    numbers: Numbers | None = None
    words: tuple[str | None, ...] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "EmbeddedColumn":
        if (self.numbers is None) == (self.words is None):
            raise ValueError("a column holds either numbers or words")
        return self

    def __len__(self) -> int:
        return len(self.numbers if self.numbers is not None else self.words or ())


class EmbeddedTable(BaseModel):
    """Columns of equal length with different names, at least one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: tuple[EmbeddedColumn, ...]

    @model_validator(mode="after")
    def _fits(self) -> "EmbeddedTable":
        if not self.columns:
            raise ValueError("a table needs a column")
        if len({len(column) for column in self.columns}) > 1:
            raise ValueError("the columns of a table must be equally long")
        names = [column.name for column in self.columns]
        if len(set(names)) < len(names):
            raise ValueError("the columns of a table must have different names")
        return self

    @classmethod
    def of(cls, table: Table) -> "EmbeddedTable":
        """Return the columns of ``table`` that can be used; others are left out."""
        return cls(columns=tuple(_embedded(column) for column in table.columns if _usable(column)))

    def table(self, title: str) -> Table:
        """Return the columns as a Table."""
        columns = tuple(_column(column) for column in self.columns)
        return Table(title, columns, len(self.columns[0]))


def _usable(column: Column) -> bool:
    return column.values is not None or column.codes is not None


def _embedded(column: Column) -> EmbeddedColumn:
    if column.values is not None:
        return EmbeddedColumn(name=column.name, unit=column.unit, numbers=Numbers(column.values))
    assert column.codes is not None
    words = tuple(None if code < 0 else column.categories[code] for code in column.codes.tolist())
    return EmbeddedColumn(name=column.name, unit=column.unit, words=words)


def _column(column: EmbeddedColumn) -> Column:
    if column.numbers is not None:
        array = column.numbers.array
        if len(array) and np.isnan(array).all():
            return Column(column.name, None, column.unit, obstacle="it has no values")
        return Column(column.name, array, column.unit)
    words = column.words or ()
    categories = tuple(sorted({word for word in words if word is not None}))
    place = {word: code for code, word in enumerate(categories)}
    codes = np.array([-1 if word is None else place[word] for word in words], dtype=np.int64)
    codes.flags.writeable = False
    return Column(
        column.name, None, column.unit, obstacle="it holds words, not numbers", categories=categories, codes=codes
    )
