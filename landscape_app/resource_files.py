"""Where icons, lessons, bundled data and the like lie: inside the installed package, or beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_path(*parts: str) -> Path:
    """Return the path of a resource, for instance ``resource_path("data", "galton.csv")``.

    An installed wheel carries the resources in ``landscape_app/_resources``; a checkout has them in
    the top-level folder ``resources``.

    Raises
    ------
    FileNotFoundError
        If neither folder exists, or the resource isn't in it.
    """
    root = next(
        (folder for folder in (_PACKAGE / "_resources", _PACKAGE.parent / "resources") if folder.is_dir()), None
    )
    if root is None:
        raise FileNotFoundError("The program's resources are missing: install landscape-app again.")
    path = root.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"The program's resource {'/'.join(parts)} is missing: install landscape-app again.")
    return path
