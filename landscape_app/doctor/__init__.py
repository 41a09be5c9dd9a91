"""The command ``doctor``: what there is on this machine, what is missing, and how to get it. Needs no Qt itself."""

from landscape_app.doctor.brief import brief
from landscape_app.doctor.command import doctor

__all__ = ["brief", "doctor"]
