"""Numbers are read as people write them, and what may be two numbers is never guessed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.views.table_editor_model import cell_text
from landscape_app.views.table_editor_numbers import (
    DoubtfulNumberError,
    NoNumberError,
    decimal_sign,
    number_under,
    pasted_numbers,
    typed_number,
)

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", 1.5),
        ("1,5", 1.5),
        ("1.234", 1.234),
        ("0,123", 0.123),
        ("1,2345", 1.2345),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1234567.0),
        ("1.234.567", 1234567.0),
        ("1 234,5", 1234.5),
        ("1\N{NARROW NO-BREAK SPACE}234", 1234.0),
        ("1'234.5", 1234.5),
        ("1\N{RIGHT SINGLE QUOTATION MARK}234", 1234.0),
        (f"{MINUS}2", -2.0),
        ("+.5", 0.5),
        (",5", 0.5),
        ("5.", 5.0),
        ("1.5e3", 1500.0),
        ("1,5E-3", 0.0015),
        ("1.5D+02", 150.0),
        (" 12 ", 12.0),
        ("12345", 12345.0),
    ],
)
def test_that_a_typed_number_is_understood(text: str, value: float) -> None:
    assert typed_number(text) == value


@pytest.mark.parametrize("text", ["", "  ", "NA", "nan", "n/a", "-", "null"])
def test_that_words_for_nothing_mean_missing(text: str) -> None:
    assert np.isnan(typed_number(text))


@pytest.mark.parametrize(
    "text", ["red", "1.2.3", "1,23,456", "1 2", "12 34", "inf", "1e999", "1_000", "0x10", "--1", "1e", "1,234,56", "٣"]
)
def test_that_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NoNumberError):
        typed_number(text)


@pytest.mark.parametrize("text", ["1,234", "-12,500", "999,999"])
def test_that_a_lone_comma_before_three_digits_is_not_guessed(text: str) -> None:
    with pytest.raises(DoubtfulNumberError):
        typed_number(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_that_what_a_cell_shows_reads_back_to_the_last_bit(value: float) -> None:
    text = cell_text(value)
    assert typed_number(text) == value
    assert number_under(text.replace(".", ","), ",") == value
    column = pasted_numbers([text, "", f" {text}"], ".")
    assert not isinstance(column, int)
    assert column[0] == value
    assert np.isnan(column[1])
    assert column[2] == value


@pytest.mark.parametrize(
    ("texts", "sign", "doubtful"),
    [
        (["1", "2"], None, ""),
        (["1.5", "1.234"], ".", ""),
        (["1,5", "1.234"], ",", ""),
        (["1.234", "2.345"], None, "1.234"),
        (["0.123", "2.345"], ".", ""),
        (["1,234", "x, y"], None, "1,234"),
        (["1,234.5"], ".", ""),
        (["1.234.567"], ",", ""),
    ],
)
def test_that_the_decimal_sign_of_a_block_is_found_in_all_of_it(
    texts: list[str], sign: str | None, doubtful: str
) -> None:
    assert decimal_sign(texts) == (sign, doubtful)


def test_that_numbers_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(NoNumberError, match=r"1\.5, 1,5"):
        decimal_sign(["1.5", "1,5"])


def test_that_a_column_names_its_first_row_without_a_number() -> None:
    assert pasted_numbers(["1", "", "two", "x"], ".") == 2
    assert pasted_numbers(["1", "inf"], ".") == 1
    assert pasted_numbers(["1.5"], ",") == 0
