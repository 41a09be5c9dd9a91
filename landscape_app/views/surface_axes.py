"""The axes of the box: which edges carry them, and where their numbers and names stand in the picture."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.views.surface_box import CORNER, MOST_LOSSES, Box, number_texts, round_numbers
from landscape_app.views.surface_camera import Camera

#: Numbers on the x, y and z axis: with three names there are about 15 texts.
MOST_TICKS = (6, 6, MOST_LOSSES)
#: Pixels from one number to the next on each of them, at least: a text is wider than it is high.
ROOM = (40.0, 40.0, 24.0)
#: Pixels: length of a tick, free space around a text, and an axis not worth naming.
TICK, GAP, SHORTEST = 5.0, 4.0, 45.0
#: From so many degrees on the lid hides the floor's edges, as what is nearer looks larger.
LID_ELEVATION = 80.0

#: Width and height in pixels of a text; True for names.
Measure = Callable[[str, bool], tuple[float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """One edge of the box, from ``ends[0]`` to ``ends[1]`` (2, 3), and the ``ticks`` (k, 3) on it."""

    name: str
    ends: FloatArray
    ticks: FloatArray
    texts: tuple[str, ...]
    upright: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A text in the picture with its middle at ``x``, ``y`` and its size, in pixels."""

    text: str
    x: float
    y: float
    width: float
    height: float
    is_name: bool = False

    def touches(self, other: "Text") -> bool:
        """Whether both would run into one another."""
        return (
            2 * abs(self.x - other.x) < self.width + other.width + GAP
            and 2 * abs(self.y - other.y) < self.height + other.height
        )


@dataclass(frozen=True, slots=True, eq=False)
class Lettering:
    """All texts, and the ticks as lines (t, 2, 2) in pixels."""

    texts: tuple[Text, ...]
    ticks: FloatArray


def box_axes(box: Box, names: tuple[str, str, str], camera: Camera, width: float, height: float) -> tuple[Axis, ...]:
    """Return the x and y axis on the floor's edges nearest to the viewer, and the z axis on the leftmost edge.

    From nearly straight above x and y are on the lid's edges, which then are the outer ones.
    """
    level = 1.0 if camera.elevation > LID_ELEVATION else -1.0
    near_x, near_y = nearest_corner(camera)
    x, y, z = CORNER
    left_x, left_y = leftmost_corner(camera)
    edges = (
        np.array([[-x, near_y, level * z], [x, near_y, level * z]]),
        np.array([[near_x, -y, level * z], [near_x, y, level * z]]),
        np.array([[left_x, left_y, -z], [left_x, left_y, z]]),
    )
    axes = []
    for which, (name, ends) in enumerate(zip(names, edges, strict=True)):
        start, stop = camera.screen(ends, width, height)
        most = int(np.clip(np.hypot(*(stop - start)) / ROOM[which], 2, MOST_TICKS[which]))
        if which == 2:
            values = box.heights.ticks(most)
            texts, along = number_texts(values, alike=not box.heights.logarithmic), box.up(values)
        else:
            values = round_numbers(box.x_range if which == 0 else box.y_range, most)
            texts, along = number_texts(values), box.along_x(values) if which == 0 else box.along_y(values)
        ticks = np.repeat(ends[:1], len(values), axis=0)
        ticks[:, which] = along
        axes.append(Axis(name, ends, ticks, texts, upright=which == 2))
    return tuple(axes)


def nearest_corner(camera: Camera) -> tuple[float, float]:
    """Return x and y, each -1 or 1, of the box's edge that points at the viewer."""
    azimuth = np.radians(camera.azimuth)
    return float(np.copysign(1.0, np.cos(azimuth))), float(np.copysign(1.0, np.sin(azimuth)))


def leftmost_corner(camera: Camera) -> tuple[float, float]:
    """Return x and y, each -1 or 1, of the box's edge that is seen farthest to the left."""
    corners = np.array([[x, y, 0.0] for x in (-1.0, 1.0) for y in (-1.0, 1.0)])
    x, y, _ = corners[np.argmin(camera.screen(corners, 100.0, 100.0)[:, 0])]
    return float(x), float(y)


def frame_lines(camera: Camera) -> FloatArray:
    """Return the frame as pairs of ends (2 s, 3): the floor, the walls behind, and the edge with the z axis."""
    x, y, z = CORNER
    near_x, near_y = nearest_corner(camera)
    floor = [(-x, -y, -z), (x, -y, -z), (x, y, -z), (-x, y, -z)]
    lines = [end for corner, following in zip(floor, floor[1:] + floor[:1], strict=True) for end in (corner, following)]
    behind, left, right = (-near_x, -near_y), (-near_x, near_y), (near_x, -near_y)
    for sx, sy in {behind, left, right, leftmost_corner(camera)}:
        lines += [(sx, sy, -z), (sx, sy, z)]
    for sx, sy in (left, right):
        lines += [(*behind, z), (sx, sy, z)]
    return np.array(lines)


def lettering(axes: tuple[Axis, ...], camera: Camera, measure: Measure, width: float, height: float) -> Lettering:
    """Place numbers and names outside of the box; of an axis too short for all its numbers only some remain."""
    centre = camera.screen(np.zeros((1, 3)), width, height)[0]
    placed: list[Text] = []
    ticks: list[FloatArray] = []
    for axis in axes:
        start, stop = camera.screen(axis.ends, width, height)
        length = float(np.hypot(*(stop - start)))
        if length < SHORTEST:
            continue  # seen from its end
        direction = (stop - start) / length
        outward = np.array([direction[1], -direction[0]])
        if outward @ (0.5 * (start + stop) - centre) < 0.0:
            outward = -outward
        feet = camera.screen(axis.ticks, width, height) if len(axis.ticks) else np.empty((0, 2))
        sizes = [measure(text, False) for text in axis.texts]
        numbers = [
            _outside(text, foot, outward, TICK + GAP, size)
            for text, foot, size in zip(axis.texts, feet, sizes, strict=True)
        ]
        name_size = measure(axis.name, True)
        if axis.upright:  # beside its numbers the picture has no room: the name stands on top
            name = _outside(axis.name, stop, np.array([0.0, -1.0]), TICK + GAP, name_size, True)
        else:  # in the middle, beyond the widest number
            depth = max((abs(outward[0]) * w + abs(outward[1]) * h for w, h in sizes), default=0.0)
            name = _outside(axis.name, 0.5 * (start + stop), outward, TICK + 2 * GAP + depth, name_size, True)
        numbers = [_into_picture(text, width, height) for text in numbers]
        every = _every(numbers)
        kept = [text for text in numbers[::every] if not any(text.touches(other) for other in placed)]
        name = _into_picture(name, width, height)
        for down in (1.0, -1.0):  # now that it was put into the picture it may lie on something
            moved = _into_picture(_beside(name, placed + kept, down), width, height)
            if not any(moved.touches(other) for other in placed + kept):
                name = moved
                break
        if not any(name.touches(other) for other in placed):
            kept = [*(text for text in kept if not text.touches(name)), name]
        ticks += [
            np.array([foot, foot + TICK * outward]) for foot, text in zip(feet, numbers, strict=True) if text in kept
        ]
        placed += kept
    return Lettering(tuple(placed), np.array(ticks).reshape(-1, 2, 2))


def _beside(name: Text, others: list[Text], down: float) -> Text:
    """Return ``name`` moved up (-1) or down (1) past the texts that it lies on."""
    for other in sorted(others, key=lambda text: down * text.y):
        if name.touches(other):
            y = other.y + down * 0.5 * (other.height + name.height)
            name = Text(name.text, name.x, y, name.width, name.height, name.is_name)
    return name


def _outside(
    text: str, foot: FloatArray, outward: FloatArray, gap: float, size: tuple[float, float], is_name: bool = False
) -> Text:
    """Return ``text`` beside ``foot``, so that ``gap`` pixels stay free between them whatever the direction."""
    half = 0.5 * (abs(outward[0]) * size[0] + abs(outward[1]) * size[1])
    x, y = foot + outward * (gap + half)
    return Text(text, float(x), float(y), *size, is_name)


def _every(texts: list[Text]) -> int:
    """Return 1, 2, ...: of these neighbours every so many-th can stay without running into the next."""
    for every in range(1, len(texts)):
        some = texts[::every]
        if not any(one.touches(other) for one, other in pairwise(some)):
            return every
    return max(1, len(texts))


def _into_picture(text: Text, width: float, height: float) -> Text:
    x = float(np.clip(text.x, 0.5 * text.width + 1.0, max(width - 0.5 * text.width - 1.0, 0.5 * text.width + 1.0)))
    reach = max(text.height, 0.5 * text.width)
    if abs(x - text.x) > text.width or not -reach < text.y < height + reach:
        return text  # far outside of a picture that was zoomed into: it goes with the axis
    y = float(np.clip(text.y, 0.5 * text.height, max(height - 0.5 * text.height, 0.5 * text.height)))
    return Text(text.text, x, y, text.width, text.height, text.is_name)
