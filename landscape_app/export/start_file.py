"""The start of a descent from a JSON file of blocks."""

import json
from math import isfinite
from pathlib import Path
from typing import Any

from landscape_app.core.errors import ConfigError
from landscape_app.core.models.parameters import Layout
from landscape_app.session.config import StartConfig
from landscape_app.session.problem import start_values


def read_start(path: Path, layout: Layout, seed: int) -> StartConfig:
    """Return the start in ``path``: ``{"w": 0.5, "b": 0}``, nested lists in the section's shapes, or flat ones.

    Raises
    ------
    ConfigError
        One sentence, if the file can't be read or its blocks are not those of the model.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"The start {path} can't be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"The start {path} does not hold valid JSON.") from error
    if not isinstance(content, dict):
        raise ConfigError(f'The start {path} must hold blocks of parameters, such as {{"w": 0.5, "b": 0}}.')
    for name, block in content.items():
        if not _holds_numbers(block, depth=2):
            raise ConfigError(f"In the start {path}, {name} is not made of finite numbers, alone or in lists.")
    theta = layout.join(content)
    return StartConfig.model_validate({"method": "values", "seed": seed, "values": start_values(theta, layout)})


def _holds_numbers(block: Any, depth: int) -> bool:
    """Whether ``block`` is a finite number or lists of them; "1" and true are not, though numpy takes them."""
    if isinstance(block, list):
        return depth > 0 and all(_holds_numbers(part, depth - 1) for part in block)
    if isinstance(block, bool) or not isinstance(block, int | float):
        return False
    try:
        return isfinite(block)
    except OverflowError:  # an integer beyond the largest double
        return False
