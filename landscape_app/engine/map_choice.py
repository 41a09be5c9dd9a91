"""Which map is wanted: its plane, its slice, its ranges."""

from typing import Any

from landscape_app.core.landscape import PlaneKind
from landscape_app.engine.running import Runner
from landscape_app.session.config import Experiment


class MapChooser(Runner):
    """The part of the session that changes the experiment's plane and nothing else."""

    def configure(self, experiment: Experiment) -> None:
        """Make ``experiment`` the present one."""
        raise NotImplementedError

    def set_axes(self, x_name: str, y_name: str) -> None:
        """Show the plane of these two parameters."""
        self._set_plane(kind="axes", axes=(x_name, y_name), x_range=None, y_range=None)

    def set_plane_kind(self, kind: PlaneKind) -> None:
        """Show another kind of plane; where it depends on a point, on the one at the cursor."""
        self._set_plane(kind=kind, anchor=self.snapshot.cursor, x_range=None, y_range=None)

    def renew_plane(self) -> None:
        """Draw other random directions, or take those of the point at the cursor."""
        plane = self.snapshot.wanted.plane
        seed = plane.seed + 1 if plane.kind == "random" else plane.seed
        self._set_plane(seed=seed, anchor=self.snapshot.cursor, x_range=None, y_range=None)

    def _without_directions(self) -> None:
        self._set_plane(kind="axes", x_range=None, y_range=None)

    def hold_slice(self, hold: bool) -> None:
        """Keep the slice where it is, or let it follow the cursor again."""
        self._set_plane(through=self.snapshot.cursor if hold else None)

    def _set_plane(self, **changes: Any) -> None:
        wanted = self.snapshot.wanted
        self.configure(wanted.but(plane=wanted.plane.but(**changes)))

    def set_ranges(self, x_range: tuple[float, float] | None, y_range: tuple[float, float] | None) -> None:
        """Show this part of the plane; None lets the range follow the path again."""
        self._set_plane(x_range=x_range, y_range=y_range)
