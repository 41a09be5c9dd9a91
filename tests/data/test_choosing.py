import math

import numpy as np
import pytest

from landscape_app.core.arrays import frozen
from landscape_app.core.errors import ConfigError, DataError
from landscape_app.data import Column, Table, dataset_from_table

NAN = math.nan


def table(**columns: list[float] | None) -> Table:
    return Table(
        title="my.csv",
        columns=tuple(
            Column(name, None, obstacle="line 3 holds 'low' where a number should be")
            if values is None
            else Column(name, frozen(values))
            for name, values in columns.items()
        ),
        rows=4,
    )


FULL = table(a=[1, 2, 3, 4], word=None, b=[5, 7, 6, 8], c=[0, 1, 1, 0])
GAPS = table(a=[1, NAN, 3, 5], b=[NAN, 2, 4, 6], c=[1, 2, NAN, 4], d=[NAN, NAN, NAN, NAN])


def test_that_by_default_the_last_numeric_column_is_the_target_and_all_others_are_features() -> None:
    data = dataset_from_table(FULL)
    assert data.target_name == "c"
    assert data.feature_names == ("a", "b")
    assert data.X.tolist() == [[1, 2, 3, 4], [5, 7, 6, 8]]
    assert data.y.tolist() == [[0, 1, 1, 0]]
    assert data.title == "my.csv"
    assert data.scaling is None
    assert data.notes == ()


def test_that_a_chosen_target_leaves_all_other_numeric_columns_as_features() -> None:
    assert dataset_from_table(FULL, target="a").feature_names == ("b", "c")


def test_that_features_come_in_the_order_in_which_they_were_chosen() -> None:
    data = dataset_from_table(FULL, features=("b", "a"))
    assert data.feature_names == ("b", "a")
    assert data.X[0].tolist() == [5, 7, 6, 8]


def test_that_blanks_around_a_name_do_not_matter() -> None:
    padded = table(**{" x": [1.0, 2.0, 3.0, 4.0], "y ": [4.0, 3.0, 2.0, 1.0]})
    data = dataset_from_table(padded, target="y", features=("x",))
    assert (data.feature_names, data.target_name) == ((" x",), "y ")


@pytest.mark.parametrize(
    ("target", "features", "sentence"),
    [
        ("A", None, r"'my.csv' has no column 'A'; did you mean 'a'\? its columns are 'a', 'word', 'b', 'c'\."),
        ("zebra", None, r"has no column 'zebra'; its columns are"),
        (None, ("a", "q"), r"has no column 'q'"),
        ("word", None, r"'word' of 'my.csv' can't be used as numbers: line 3 holds 'low'"),
        (None, ("word",), r"'word' of 'my.csv' can't be used as numbers"),
        ("a", ("a", "b"), r"'a' is the target and can't be a feature too"),
        (None, ("c",), r"'c' is the target and can't be a feature too"),
        (None, ("a", "b", "a"), r"'a' is chosen more than once"),
        (None, (), r"at least one feature"),
    ],
)
def test_that_a_choice_that_can_not_be_is_refused(
    target: str | None, features: tuple[str, ...] | None, sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        dataset_from_table(FULL, target, features)


def test_that_of_many_columns_only_some_are_listed() -> None:
    wide = table(**{f"column{j}": [1.0, 2.0, 3.0, 4.0] for j in range(100)})
    with pytest.raises(DataError, match=r"'column11' and 88 more\."):
        dataset_from_table(wide, target="zebra")


def test_that_rows_with_a_gap_in_the_chosen_columns_are_dropped_and_counted() -> None:
    data = dataset_from_table(GAPS, "c", ("a",))
    assert data.X.tolist() == [[1, 5]]
    assert data.y.tolist() == [[1, 4]]
    assert data.notes == ("2 of 4 rows left out because a value is missing in the chosen columns.",)


def test_that_gaps_elsewhere_do_not_matter() -> None:
    data = dataset_from_table(GAPS, "b", ("a",))
    assert data.m == 2
    assert dataset_from_table(FULL, "b", ("a",)).notes == ()


def test_that_a_gap_in_a_feature_may_be_filled_with_the_mean_over_rows_with_a_target() -> None:
    data = dataset_from_table(GAPS, "c", ("a", "b"), missing="mean")
    assert data.X.tolist() == [[1, 3, 5], [4, 2, 6]]
    assert data.y.tolist() == [[1, 2, 4]]
    assert data.notes == (
        "1 of 4 rows left out because the target is missing.",
        "2 missing values filled in with the mean of the feature.",
    )


def test_that_filling_in_does_not_touch_the_table() -> None:
    before = GAPS.numbers("a").copy()
    dataset_from_table(GAPS, "c", ("a", "b"), missing="mean")
    np.testing.assert_array_equal(GAPS.numbers("a"), before)


def test_that_notes_of_the_table_are_kept() -> None:
    noted = Table(FULL.title, FULL.columns, FULL.rows, notes=("The first line was data.",))
    assert dataset_from_table(noted).notes == ("The first line was data.",)


@pytest.mark.parametrize(
    ("target", "features", "missing", "sentence"),
    [
        ("a", ("d",), "drop", r"In every row of 'my.csv' a value is missing .* or fill in means\."),
        ("a", ("d",), "mean", r"The feature 'd' of 'my.csv' has no value in the rows with a target"),
        ("d", ("a",), "mean", r"In every row of 'my.csv' a value is missing .*: choose other columns\."),
        ("c", ("a", "b"), "drop", r"Only one row of 'my.csv' can be used"),
    ],
)
def test_that_too_few_rows_are_refused(target: str, features: tuple[str, ...], missing: str, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        dataset_from_table(GAPS, target, features, missing=missing)  # type: ignore[arg-type]


def test_that_a_constant_target_is_refused_by_name() -> None:
    constant = table(a=[1, 2, 3, 4], flat=[7.5, 7.5, 7.5, 7.5])
    with pytest.raises(DataError, match=r"The target 'flat' of 'my.csv' is 7.5 in every row"):
        dataset_from_table(constant)


def test_that_a_target_constant_only_after_dropping_is_refused_too() -> None:
    with pytest.raises(DataError, match=r"'y' of 'my.csv' is 1 in every row"):
        dataset_from_table(table(x=[1, 2, NAN, 4], y=[1, 1, 2, 1]))


def test_that_too_few_numeric_columns_are_refused() -> None:
    with pytest.raises(DataError, match=r"fewer than two numeric columns"):
        dataset_from_table(table(a=[1, 2, 3, 4], word=None))


def test_that_standardising_comes_after_dropping_and_leaves_the_target() -> None:
    data = dataset_from_table(GAPS, "c", ("a",), scale="standard")
    assert data.X.tolist() == [[-1, 1]]
    assert data.y.tolist() == [[1, 4]]
    assert data.scaling is not None
    assert data.scaling.mean.tolist() == [[3]]
    assert data.scaling.deviation.tolist() == [[2]]
    assert data.notes


@pytest.mark.parametrize(("option", "words"), [("missing", "drop or mean"), ("scale", "none or standard or both")])
def test_that_an_unknown_policy_is_refused(option: str, words: str) -> None:
    with pytest.raises(ConfigError, match=f"'{option}' must be {words}, not 'zero'"):
        dataset_from_table(FULL, **{option: "zero"})  # type: ignore[arg-type]


def words(name: str, *values: str | None) -> Column:
    order = sorted({value for value in values if value is not None})
    codes = np.array([-1 if value is None else order.index(value) for value in values])
    return Column(name, None, obstacle="line 2 holds a word", categories=tuple(order), codes=codes)


def with_words(*values: str | None) -> Table:
    return Table("my.csv", (words("colour", *values), *FULL.columns), rows=4)


def test_that_words_become_a_feature_of_0_and_1_for_each() -> None:
    data = dataset_from_table(with_words("red", "blue", "red", "green"), "b", ("a", "colour"))
    assert data.feature_names == ("a", "colour=blue", "colour=green", "colour=red")
    assert data.X.tolist() == [[1, 2, 3, 4], [0, 1, 0, 0], [0, 0, 0, 1], [1, 0, 1, 0]]
    assert data.notes == (
        "'colour' became 3 features of 0 and 1, one for each word; they add up to 1, so with a bias b one direction of "
        "the loss is flat.",
    )


def test_that_words_are_left_out_unless_they_are_chosen() -> None:
    assert dataset_from_table(with_words("red", "blue", "red", "green")).feature_names == ("a", "b")


def test_that_a_missing_word_is_a_missing_value() -> None:
    gaps = with_words("red", None, "red", "blue")
    assert dataset_from_table(gaps, "b", ("colour",)).X.tolist() == [[0, 0, 1], [1, 1, 0]]
    filled = dataset_from_table(gaps, "b", ("colour",), missing="mean")
    np.testing.assert_allclose(filled.X, [[0, 1 / 3, 0, 1], [1, 2 / 3, 1, 0]], rtol=1e-15)
    assert "2 missing values filled in with the mean of the feature." in filled.notes


def test_that_words_can_not_be_the_target() -> None:
    with pytest.raises(DataError, match=r"'colour' of 'my.csv' can't be used as numbers: line 2 holds a word"):
        dataset_from_table(with_words("red", "blue", "red", "green"), "colour", ("a",))


def test_that_one_column_of_numbers_and_one_of_words_are_enough() -> None:
    small = Table("my.csv", (words("w", "x", "y", "x", "y"), FULL.columns[0]), rows=4)
    data = dataset_from_table(small, features=("w",))
    assert (data.target_name, data.feature_names) == ("a", ("w=x", "w=y"))


def test_that_the_target_is_standardised_too_if_wished() -> None:
    data = dataset_from_table(FULL, "b", ("a",), scale="both")
    y, x = np.array([5.0, 7, 6, 8]), np.array([1.0, 2, 3, 4])
    np.testing.assert_allclose(data.y[0], (y - y.mean()) / y.std(), rtol=1e-15)
    np.testing.assert_allclose(data.X[0], (x - x.mean()) / x.std(), rtol=1e-15)
    np.testing.assert_array_equal(dataset_from_table(FULL, "b", ("a",), scale="standard").y[0], y)


def test_that_features_of_one_name_are_refused() -> None:
    clash = Table("my.csv", (words("w", "x", "y", "x", "y"), Column("w=x", frozen([1, 2, 3, 4])), FULL.columns[0]), 4)
    with pytest.raises(DataError, match="w=x"):
        dataset_from_table(clash, "a", ("w", "w=x"))
