"""Semantics and schedules in a run: the same bits forward, back and replayed, and rates known ahead of time."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from landscape_app.core.errors import ConfigError
from landscape_app.core.optimizers import OPTIMIZERS, SEMANTICS, Semantics, Step, rule_named
from landscape_app.session.changes import changed_at, restarted, same_descent, with_semantics
from landscape_app.session.config import (
    FORMAT_VERSION,
    Change,
    DataConfig,
    Experiment,
    ModelConfig,
    RunConfig,
    ScheduleConfig,
)
from landscape_app.session.files import read_session, write_session
from landscape_app.session.history import change_name
from landscape_app.session.prepare import prepare
from landscape_app.session.rates import horizon, rate_curve, rates, schedule_words
from landscape_app.session.records import StepRecord
from landscape_app.session.settings import Schedule, base_settings
from landscape_app.session.transitions import recorded, replayed, steps

WARM_COSINE = ScheduleConfig(kind="cosine", values={"steps": 90.0, "final": 0.05}, warmup=12)
every_library = pytest.mark.parametrize("semantics", SEMANTICS)
every_rule = pytest.mark.parametrize("rule", OPTIMIZERS)


def experiment_of(run: RunConfig) -> Experiment:
    return Experiment(data=DataConfig(name="plane"), model=ModelConfig(name="two-layer-linear", hidden=2), run=run)


@every_library
@every_rule
def test_that_steps_in_one_go_one_by_one_and_replayed_are_equal_to_the_last_bit(
    rule: str, semantics: Semantics
) -> None:
    moving = "learning_rate" in rule_named(rule, semantics).defaults()
    changes = (Change(iteration=50, name="learning_rate", value=0.003),) if moving else ()
    config = RunConfig(optimizer=rule, semantics=semantics, schedule=WARM_COSINE, batch_size=7, changes=changes)
    made = prepare(experiment_of(config))
    first = made.timeline.tail
    assert first is not None
    batch = recorded(made.run, first, 200).batch
    assert batch is not None
    whole = made.timeline.appended(batch)
    one_by_one = [record for record in itertools.islice(steps(made.run, first), 200) if isinstance(record, StepRecord)]
    np.testing.assert_array_equal(whole.theta[1:], [record.theta for record in one_by_one])
    for at in (1, 12, 51, 127, 128, 190):
        again, before = replayed(made.run, whole, at), one_by_one[at - 1]
        assert set(again.state) == set(before.state)
        for name, values in before.state.items():
            np.testing.assert_array_equal(again.state[name], values)
    # From the middle on again: what was recorded there does not depend on how one came there.
    middle = recorded(made.run, replayed(made.run, whole, 60), 140).batch
    assert middle is not None
    np.testing.assert_array_equal(middle.theta, whole.theta[61:])


def test_that_every_step_has_the_rate_of_its_iteration() -> None:
    config = RunConfig(
        optimizer="gradient-descent",
        hyper={"learning_rate": 0.04},
        schedule=WARM_COSINE,
        changes=(Change(iteration=30, name="learning_rate", value=0.1),),
    )
    made = prepare(experiment_of(config))
    first = made.timeline.tail
    assert first is not None
    batch = recorded(made.run, first, 130).batch
    assert batch is not None
    whole = made.timeline.appended(batch)
    for i in range(130):
        base = 0.04 if i < 30 else 0.1
        if i < 12:
            factor = (i + 1) / 13
        elif i < 102:
            factor = 0.05 + 0.95 * (1 + np.cos(np.pi * (i - 12) / 90)) / 2
        else:
            factor = 0.05
        np.testing.assert_allclose(
            whole.theta[i + 1], whole.theta[i] - base * factor * whole.grad[i], rtol=1e-13, atol=1e-15
        )


def test_that_a_rate_changed_in_mid_run_is_replaced_and_the_schedule_goes_on() -> None:
    config = RunConfig(
        optimizer="gradient-descent",
        hyper={"learning_rate": 0.1},
        schedule=ScheduleConfig(kind="exponential", values={"factor": 0.9}),
    )
    later = changed_at(config, 5, "learning_rate", 0.5)
    found = rates(later, np.arange(8))
    np.testing.assert_allclose(found[:5], 0.1 * 0.9 ** np.arange(5), rtol=1e-14)
    np.testing.assert_allclose(found[5:], 0.5 * 0.9 ** np.arange(5, 8), rtol=1e-14)
    settings = Schedule(later).at(6)
    assert settings.set_hyper["learning_rate"] == settings.rate == 0.5
    assert restarted(later, 6).hyper == {"learning_rate": 0.5}
    assert restarted(later, 6).schedule == config.schedule
    assert changed_at(later, 6, "learning_rate", 0.5) is later  # as it was set: nothing has changed
    assert Schedule(later).span(6)[1] == 7


def test_that_a_rule_without_a_rate_has_no_schedule() -> None:
    config = RunConfig(optimizer="random-search", schedule=WARM_COSINE)
    assert Schedule(config).at(3).rate is None
    assert Schedule(config).at(3).hyper == {"radius": 5.0}
    assert np.isnan(rates(config, np.arange(3))).all()


@every_library
@every_rule
def test_that_what_is_absent_has_the_library_s_default(rule: str, semantics: Semantics) -> None:
    config = RunConfig(optimizer="gradient-descent", semantics=semantics)
    assert base_settings(config.but(optimizer=rule)).hyper == rule_named(rule, semantics).defaults()
    later = Schedule(config.but(changes=(Change(iteration=4, name="optimizer", value=rule),))).at(4)
    assert later.hyper == rule_named(rule, semantics).defaults()


def test_that_another_library_keeps_what_was_set_and_tells_what_it_lacks() -> None:
    config = RunConfig(
        optimizer="momentum",
        hyper={"learning_rate": 0.3, "dampening": 0.2},
        changes=(
            Change(iteration=3, name="dampening", value=0.1),
            Change(iteration=5, name="optimizer", value="adam"),
            Change(iteration=6, name="beta1", value=0.5),
        ),
    )
    keras, notes = with_semantics(config, "keras")
    assert keras.hyper == {"learning_rate": 0.3}
    assert [change.name for change in keras.changes] == ["optimizer", "beta1"]
    assert len(notes) == 2
    assert "Dampening is left out: Keras has none." in notes
    assert "dampening at iteration 3" in notes[1]
    Schedule(keras)  # it can be run
    assert same_descent(config, keras)
    assert not same_descent(config, config.but(optimizer="nesterov", hyper={}, changes=()))
    with pytest.raises(ConfigError, match="under keras semantics"):
        Schedule(config.but(semantics="keras"))


def test_that_changes_have_names_for_undo() -> None:
    old = Experiment()
    assert change_name(old, old.but(run=old.run.but(semantics="optax"))) == "run.semantics"
    assert change_name(old, old.but(run=old.run.but(schedule=WARM_COSINE))) == "run.schedule"


@pytest.mark.parametrize("kind", ["step", "exponential", "inverse", "cosine", "constant"])
def test_that_the_curve_is_drawn_with_the_rates_of_the_steps(kind: str) -> None:
    config = RunConfig(
        hyper={"learning_rate": 0.2},
        schedule=ScheduleConfig.model_validate({"kind": kind, "warmup": 9}),
        changes=(Change(iteration=33, name="learning_rate", value=0.1),),
    )
    iterations, drawn = rate_curve(config, 500)
    assert iterations[0] == 0
    assert iterations[-1] == horizon(config, 500) >= 500
    assert (np.diff(iterations) > 0).all()
    assert {32, 33, 9} <= set(iterations.tolist())
    schedule = Schedule(config)
    expected = [schedule.at(i).hyper["learning_rate"] for i in iterations.tolist()]
    np.testing.assert_array_equal(drawn, expected)


def test_that_the_curve_shows_all_of_a_schedule_before_anything_is_recorded() -> None:
    assert horizon(RunConfig(schedule=ScheduleConfig(kind="cosine", values={"steps": 1_000.0})), 0) >= 1_000
    assert horizon(RunConfig(), 0) == 100
    assert len(rate_curve(RunConfig(schedule=WARM_COSINE), 10**6)[0]) < 500


def test_that_a_schedule_is_put_into_words() -> None:
    assert schedule_words(ScheduleConfig()) == ""
    words = schedule_words(ScheduleConfig(kind="step", values={"every": 30.0}, warmup=1))
    assert words == "× step (every = 30, factor = 0.5) after a warm-up of 1 iteration"


def test_that_semantics_and_schedule_come_back_from_a_session_file(tmp_path: Path) -> None:
    experiment = experiment_of(RunConfig(optimizer="adam", semantics="keras", schedule=WARM_COSINE))
    write_session(experiment, tmp_path / "session.json")
    assert read_session(tmp_path / "session.json").experiment == experiment


def test_that_a_session_from_before_there_were_schedules_is_still_opened(tmp_path: Path) -> None:
    experiment = experiment_of(RunConfig(optimizer="adam", hyper={"beta1": 0.5}))
    write_session(experiment, tmp_path / "session.json")
    content = json.loads((tmp_path / "session.json").read_text(encoding="utf-8"))
    del content["run"]["semantics"], content["run"]["schedule"]
    content["version"] = 3
    (tmp_path / "session.json").write_text(json.dumps(content), encoding="utf-8")
    opened = read_session(tmp_path / "session.json").experiment
    assert opened == experiment
    assert opened.version == FORMAT_VERSION


def test_that_a_file_with_a_schedule_that_makes_no_sense_is_refused_in_one_sentence(tmp_path: Path) -> None:
    write_session(experiment_of(RunConfig()), tmp_path / "session.json")
    content = json.loads((tmp_path / "session.json").read_text(encoding="utf-8"))
    content["run"]["schedule"] = {"kind": "cosine", "values": {"steps": 0}, "warmup": 0}
    (tmp_path / "session.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ConfigError, match="steps is 0"):
        read_session(tmp_path / "session.json")


def test_that_keras_and_pytorch_part_when_the_rate_moves_and_not_before() -> None:
    """With one rate Keras' velocity is PyTorch's times minus the rate; after a change it remembers the old one."""
    torch, keras = rule_named("momentum", "pytorch"), rule_named("momentum", "keras")
    grads = np.random.default_rng(2).normal(size=(20, 3))
    paths = []
    for rule in (torch, keras):
        theta, state = np.zeros(3), rule.initial_state(np.zeros(3))
        path = []
        for i, grad in enumerate(grads):
            hyper = {**rule.defaults(), "learning_rate": 0.1 if i < 10 else 0.01}
            theta, state = rule.update(Step(theta, grad, hyper, 0.0, lambda _theta: 0.0, 0), state)
            path.append(theta)
        paths.append(np.array(path))
    np.testing.assert_allclose(paths[0][:10], paths[1][:10], rtol=1e-12)
    assert np.abs(paths[0][10] - paths[1][10]).max() > 1e-2
