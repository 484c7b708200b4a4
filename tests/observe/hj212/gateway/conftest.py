"""A gateway that looks at its lines and commands more often than a real one, so that tests need not wait."""

from __future__ import annotations

import pytest

from bilan.observe.hj212.gateway import server


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_SWEEP", 0.05)
    monkeypatch.setattr(server, "_UPKEEP", 0.05)
