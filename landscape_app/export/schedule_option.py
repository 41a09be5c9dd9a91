"""A learning-rate schedule in one word of the command line: ``cosine:steps=200,final=0.01,warmup=20``."""

from argparse import ArgumentTypeError

from pydantic import ValidationError

from landscape_app.core.errors import ConfigError
from landscape_app.core.schedules import SCHEDULES
from landscape_app.export import values
from landscape_app.session.config import ScheduleConfig


def schedule(text: str) -> ScheduleConfig:
    """Return the schedule ``KIND[:NAME=VALUE,...]``; what is absent has its default.

    Raises
    ------
    ArgumentTypeError
        One sentence on what is wrong.
    """
    kind, colon, rest = text.partition(":")
    kind = kind.strip().lower()
    if kind not in SCHEDULES:
        raise ArgumentTypeError(f"{kind!r} is not a schedule: choose one of {', '.join(SCHEDULES)}")
    given: dict[str, float] = {}
    for part in rest.split(",") if colon else ():
        name, equals, value = part.partition("=")
        name = name.strip()
        if not equals or not name:
            raise ArgumentTypeError(f"{part!r} is not of the form NAME=VALUE, as in cosine:steps=200,final=0.01")
        if name in given:
            raise ArgumentTypeError(f"{name} is there twice in {text}")
        given[name] = values.whole_from(0)(value) if name == "warmup" else values.number(value)
    warmup = int(given.pop("warmup", 0))
    try:
        SCHEDULES[kind].settings(given)
        return ScheduleConfig.model_validate({"kind": kind, "values": given, "warmup": warmup})
    except (ConfigError, ValidationError) as error:
        raise ArgumentTypeError(str(error).rstrip(".")) from error
