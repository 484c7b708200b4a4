"""A gateway that looks at its lines and commands more often than a real one, so that tests need not wait.

Whatever runs in the test's own event loop runs in both that a gateway may have.
"""

from __future__ import annotations

import pytest

from bilan.observe.hj212.gateway import loop, server

from . import wire


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_SWEEP", 0.05)
    monkeypatch.setattr(server, "_UPKEEP", 0.05)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if getattr(metafunc.module, "run", None) is wire.run:
        metafunc.fixturenames.append("in_loop")
        metafunc.parametrize("in_loop", ["asyncio", "uvloop"], indirect=True)


@pytest.fixture
def in_loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "uvloop":
        if loop.uvloop is None:
            pytest.skip("uvloop is not installed; on Windows there is none")
        monkeypatch.setattr(wire, "loop_factory", loop.new_loop)
