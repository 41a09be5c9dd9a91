"""Learning-rate schedules against PyTorch's schedulers, and against what is known of them on paper."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.core.errors import ConfigError
from landscape_app.core.schedules import SCHEDULES, factor_at
from landscape_app.export.schedule_option import schedule
from landscape_app.session.config import ScheduleConfig

GOLDEN = json.loads((Path(__file__).parents[1] / "goldens" / "schedules.json").read_text(encoding="utf-8"))
every_kind = pytest.mark.parametrize("kind", SCHEDULES)


@pytest.mark.parametrize("word", GOLDEN["rates"])
def test_that_the_rates_are_pytorch_s(word: str) -> None:
    assert GOLDEN["made_with"].startswith("torch 2.13.0")
    config = schedule(word)
    theirs = np.array(GOLDEN["rates"][word])
    assert len(theirs) >= 270
    ours = np.array([GOLDEN["base"] * config.factor(i) for i in range(len(theirs))])
    # PyTorch's cosine goes from each rate to the next, and loses digits near the end of the wave.
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12 * GOLDEN["base"])


@every_kind
def test_that_every_schedule_begins_with_the_whole_rate_and_never_exceeds_it(kind: str) -> None:
    made = SCHEDULES[kind]
    values = made.settings({})
    factors = [made.factor(i, values) for i in range(500)]
    assert factors[0] == 1.0
    assert all(0.0 <= later <= earlier for earlier, later in pairwise(factors))
    assert len(set(factors)) > 1 or kind == "constant"


@every_kind
def test_that_a_schedule_explains_itself(kind: str) -> None:
    made = SCHEDULES[kind]
    assert made.name == kind
    for spec in made.specs:
        assert spec.name in made.formula
        assert spec.help.endswith(".")


@given(kind=st.sampled_from(sorted(SCHEDULES)), warmup=st.integers(0, 1_000), i=st.integers(0, 10**9))
def test_that_the_factor_depends_on_the_iteration_alone_and_stays_between_0_and_1(
    kind: str, warmup: int, i: int
) -> None:
    config = ScheduleConfig.model_validate({"kind": kind, "warmup": warmup})
    assert 0.0 <= config.factor(i) <= 1.0
    assert config.factor(i) == config.factor(i)
    later = factor_at(SCHEDULES[kind], config.settings, 0, i)
    assert config.factor(i + warmup) == later  # the schedule begins when the warm-up is over


def test_that_the_warm_up_rises_in_equal_steps_from_more_than_nothing() -> None:
    config = ScheduleConfig(warmup=4)
    np.testing.assert_allclose([config.factor(i) for i in range(6)], [0.2, 0.4, 0.6, 0.8, 1.0, 1.0], rtol=1e-15)


def test_that_the_rate_of_1_t_is_half_where_it_says_so() -> None:
    config = ScheduleConfig(kind="inverse", values={"half": 40.0})
    assert config.factor(40) == 0.5
    assert config.factor(120) == 0.25


def test_that_the_cosine_is_half_way_in_the_middle_and_stays_at_its_end() -> None:
    config = ScheduleConfig(kind="cosine", values={"steps": 50.0, "final": 0.2})
    assert config.factor(25) == pytest.approx(0.6, rel=1e-15)
    assert config.factor(50) == config.factor(10**8) == 0.2


@pytest.mark.parametrize(
    ("kind", "values", "sentence"),
    [
        ("step", {"every": 0.0}, "every is 0.0, but it must be at least 1"),
        ("step", {"every": 2.5}, "must be a whole number"),
        ("step", {"factor": 0.0}, "greater than 0"),
        ("exponential", {"factor": 1.1}, "at most 1"),
        ("inverse", {"half": 0.0}, "greater than 0"),
        ("cosine", {"final": -0.1}, "at least 0"),
        ("cosine", {"every": 3.0}, "no setting called 'every'; it has steps, final, warmup"),
        ("constant", {"factor": 0.5}, "it has warmup"),
    ],
)
def test_that_a_setting_that_makes_no_sense_is_refused(kind: str, values: dict[str, float], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        SCHEDULES[kind].settings(values)
    with pytest.raises(ValueError, match=sentence):
        ScheduleConfig.model_validate({"kind": kind, "values": values})
