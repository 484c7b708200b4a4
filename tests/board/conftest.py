"""What several tests of boards use."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for small lakes, each with a name of its own."""
    return tmp_path_factory.mktemp("small")
