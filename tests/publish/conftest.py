"""Without the extra ``charts`` the tests of this folder are skipped, which says so."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

MISSING = [name for name in ("altair", "vl_convert") if find_spec(name) is None]


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule() -> None:
    if MISSING:
        pytest.skip(f"needs the extra charts: {', '.join(MISSING)} is not installed")
