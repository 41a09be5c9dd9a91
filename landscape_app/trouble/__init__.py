"""What happens when something goes wrong that should not have: on any thread, up to the window that tells of it."""

from landscape_app.trouble.desk import ErrorDesk
from landscape_app.trouble.dialog import ErrorDialog
from landscape_app.trouble.mishap import Mishap
from landscape_app.trouble.qt_messages import QtMessages
from landscape_app.trouble.relay import ErrorRelay
from landscape_app.trouble.watch import Watch

__all__ = ["ErrorDesk", "ErrorDialog", "ErrorRelay", "Mishap", "QtMessages", "Watch"]
