"""Settings changed in mid-run: pure functions from one run's description to the next."""

from landscape_app.session.config import Change, RunConfig
from landscape_app.session.settings import Schedule, Settings


def with_settings(run: RunConfig, settings: Settings) -> RunConfig:
    """Return ``run`` with ``settings`` from its start on and no change in mid-run."""
    defaults = settings.optimizer.defaults()
    hyper = {name: value for name, value in settings.hyper.items() if value != defaults[name]}
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
        **now.hyper,
    }.get(name)
    if current == value and name in ("optimizer", "batch_size", *now.hyper):
        return run
    following: RunConfig = run.but(changes=(*earlier, *here, change))
    settings = Schedule(following).at(cursor)  # checks the change
    return with_settings(run, settings) if cursor == 0 else following
