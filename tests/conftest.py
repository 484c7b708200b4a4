"""One width of terminal for all, and where everything must be installed a skipped test is a failed one."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

# Tables are drawn for the width of the terminal that runs the tests, where it tells one.
os.environ.pop("COLUMNS", None)

REQUIRE_ALL = os.environ.get("BILAN_REQUIRE_ALL") == "1"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "optional: may skip even where BILAN_REQUIRE_ALL=1, say without reference data")
    config.addinivalue_line(
        "markers",
        "figure(code, aspect): what the test shows of an official figure: worked (example of another source), missing "
        "(what becomes of missing data) or corner; tests/test_methods.py keeps the matrix full",
    )


@pytest.fixture(scope="session", autouse=True)
def _kept_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests compute is kept in a folder of their own, not in the user's."""
    os.environ["BILAN_CACHE"] = str(tmp_path_factory.mktemp("kept"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not hasattr(report, "wasxfail"):
        _refuse_skip(report, item)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report, collector)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport, node: pytest.Item | pytest.Collector) -> None:
    if REQUIRE_ALL and report.skipped and not node.get_closest_marker("optional"):
        report.outcome = "failed"
        report.longrepr = f"{node.nodeid} was skipped, but BILAN_REQUIRE_ALL=1: {report.longrepr}"
