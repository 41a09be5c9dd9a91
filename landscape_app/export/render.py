"""The command ``landscape-app render``: an experiment from options to files, without a window."""

import sys

from landscape_app.colour_maps import STANDARD_MAP
from landscape_app.core.landscape import Landscape, evaluate_grid
from landscape_app.export.options import Options, parse_options
from landscape_app.export.output import filled_at_once
from landscape_app.export.overrides import request_from
from landscape_app.export.running import run_to_end
from landscape_app.export.scene import Scene
from landscape_app.export.tables import write_landscape, write_trajectory
from landscape_app.session.files import session_text
from landscape_app.session.framing import frame_at_once
from landscape_app.session.map_view import map_view_at
from landscape_app.session.packing import packed_data
from landscape_app.session.prepare import Prepared
from landscape_app.session.records import Timeline
from landscape_app.session.sentences import divergence_text


def render(words: list[str]) -> int:
    """Run the command with the options in ``words``; name the files on standard output and return 0.

    Raises
    ------
    ExplorerError
        One sentence on what is wrong; then nothing has been written.
    OSError
        If the files can't be written; then the folder is as it was.
    """
    options = parse_options(words)
    request = request_from(options)
    prepared = request.prepared
    timeline = run_to_end(prepared, prepared.experiment.run.iterations)
    landscape = _landscape(prepared, timeline)
    colours = options.colour_map or STANDARD_MAP
    names = _write(options, Scene.at_the_end(prepared.experiment, prepared.problem, timeline, landscape, colours))
    for note in (*request.notes, *_outcome(prepared, timeline)):
        sys.stderr.write(f"{note}\n")
    for name in names:
        sys.stdout.write(f"{options.out / name}\n")
    return 0


def _landscape(prepared: Prepared, timeline: Timeline) -> Landscape:
    """Evaluate the slice through the last point of the path, or where the experiment holds it."""
    experiment, problem = prepared.experiment, prepared.problem
    frame = frame_at_once(experiment, problem, timeline)
    view = map_view_at(experiment, problem, timeline, timeline.last, previous=None, frame=frame)
    grid = experiment.plane.grid
    return evaluate_grid(problem.model, problem.data, view.plane, view.x_range, view.y_range, grid, problem.factor)


def _write(options: Options, scene: Scene) -> list[str]:
    """Write everything or nothing, and return the names of the files."""
    with filled_at_once(options.out) as folder:
        experiment = scene.experiment
        kept = experiment.but(data=packed_data(experiment.data, scene.problem.loaded.table))
        text = session_text(kept, options.out)
        (folder / "session.json").write_text(text, encoding="utf-8", newline="\n")
        write_trajectory(folder / "trajectory.csv", scene.problem.model.layout, scene.timeline)
        write_landscape(folder / "landscape.npz", scene.landscape)
        if options.formats:
            # Here and not above: matplotlib takes a second to import, and the data files don't need it.
            from landscape_app.export.figures import write_figures

            write_figures(scene, folder, options.formats)
        return sorted(path.name for path in folder.iterdir())


def _outcome(prepared: Prepared, timeline: Timeline) -> list[str]:
    """Say so if the run diverged."""
    if timeline.divergence is None:
        return []
    settings = prepared.run.schedule.at(timeline.divergence.iteration)
    return [divergence_text(prepared.problem, timeline.divergence, settings)]
