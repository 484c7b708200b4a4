"""The one exception family that a person is meant to read."""

from __future__ import annotations


class BilanError(Exception):
    """Something outside the program is wrong; the message is one line that names the place and what was expected.

    Every room derives its own errors from this class. The command line prints the message and exits with 1; anything
    else that is raised is a defect and keeps its traceback.
    """
