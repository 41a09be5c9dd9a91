"""The log of a window: files that rotate, what Python complains about, and crashes. Knows no Qt."""

from landscape_app.logs.folder import log_folder
from landscape_app.logs.setup import Log, start_log

__all__ = ["Log", "log_folder", "start_log"]
