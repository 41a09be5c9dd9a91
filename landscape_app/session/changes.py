"""Settings changed in mid-run: pure functions from one run's description to the next."""

from landscape_app.core.optimizers import LIBRARIES, Semantics, rule_named
from landscape_app.session.config import Change, RunConfig
from landscape_app.session.settings import Schedule, Settings


def with_settings(run: RunConfig, settings: Settings) -> RunConfig:
    """Return ``run`` with ``settings`` from its start on and no change in mid-run."""
    defaults = settings.optimizer.defaults()
    hyper = {name: value for name, value in settings.set_hyper.items() if value != defaults[name]}
    return run.but(optimizer=settings.optimizer.name, hyper=hyper, batch_size=settings.batch_size, changes=())  # type: ignore[no-any-return]


def restarted(run: RunConfig, cursor: int) -> RunConfig:
    """Return ``run`` with the settings in force at ``cursor`` from its start on."""
    return with_settings(run, Schedule(run).at(cursor))


def changed_at(run: RunConfig, cursor: int, name: str, value: float | str | None) -> RunConfig:
    """Return ``run`` with one setting changed from ``cursor`` on; changes planned for later fall away.

    At the start the setting itself is changed. Another rule comes with its own defaults.

    Raises
    ------
    ConfigError
        If the name does not belong to the rule in force, or the value is out of range.
    """
    schedule = Schedule(run)
    change = Change(iteration=cursor, name=name, value=value)
    earlier = [c for c in run.changes if c.iteration < cursor]
    # Another rule brings its own hyperparameters, but the batch stays.
    kept = {"batch_size"} if name == "optimizer" else None
    here = [c for c in run.changes if c.iteration == cursor and c.name != name and (kept is None or c.name in kept)]
    now = schedule.at(cursor)
    current: object = {
        "optimizer": now.optimizer.name,
        "batch_size": now.batch_size,
        **now.set_hyper,
    }.get(name)
    if current == value and name in ("optimizer", "batch_size", *now.hyper):
        return run
    following: RunConfig = run.but(changes=(*earlier, *here, change))
    settings = Schedule(following).at(cursor)  # checks the change
    return with_settings(run, settings) if cursor == 0 else following


def with_semantics(run: RunConfig, semantics: Semantics) -> tuple[RunConfig, tuple[str, ...]]:
    """Return ``run`` with the rules read as another library has them, and sentences on what that lacks.

    What was set stays, what was not has that library's defaults; what its rule does not have falls away.
    """
    rule = run.optimizer
    base = known = rule_named(rule, semantics).defaults()
    library = LIBRARIES[semantics]
    notes = [f"{name.capitalize()} is left out: {library} has none." for name in run.hyper if name not in known]
    changes = []
    for change in sorted(run.changes, key=lambda change: change.iteration):
        if change.name == "optimizer":
            rule = str(change.value)
            known = rule_named(rule, semantics).defaults()
        elif change.name != "batch_size" and change.name not in known:
            where = f"The change of {change.name} at iteration {change.iteration:,}"
            notes.append(f"{where} is left out: {library} has none.")
            continue
        changes.append(change)
    hyper = {name: value for name, value in run.hyper.items() if name in base}
    return run.but(semantics=semantics, hyper=hyper, changes=tuple(changes)), tuple(notes)


def same_descent(old: RunConfig, new: RunConfig) -> bool:
    """Whether ``new`` is ``old`` but for what belongs to a run as a whole: arithmetic, semantics, schedule.

    Such a run is recorded again as far as it was.
    """
    parts = {"arithmetic", "semantics", "schedule"}
    if old.semantics != new.semantics:
        parts |= {"hyper", "changes"}  # what the other library does not have has fallen away
    return bool(old.but(**{name: getattr(new, name) for name in parts}) == new)
