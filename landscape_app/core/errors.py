"""Errors whose text is one sentence for the user: what is wrong and what to do."""


class ExplorerError(Exception):
    """Base of all errors that are shown to the user as they stand."""


class ConfigError(ExplorerError):
    """A setting is unknown, out of range, or does not fit the others."""


class DataError(ExplorerError):
    """A file or a table can't be used as data."""


class Stopped(Exception):  # noqa: N818 - not an error: somebody pressed Stop, or wants something else by now
    """Long work was ended on request; nothing came of it."""
