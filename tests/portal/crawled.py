"""Rows for the crawl of every address: one in each place, each with a marker that shows wherever the row is shown.

An app brings a file ``crawled_<app>.py`` beside this one with names as here: ``ROWS``, functions that make its rows;
``PARAMETERS``, for addresses that name a row, from the name of the address to the row's model and, for each parameter,
the attribute of the row that is its value; ``VALUES`` for parameters that name no row; ``CHOICES`` for parameters of
which every value is tried, as the formats of a file. A row's ``query`` follows the address, or the attribute of the row
that ``QUERIES`` names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

# region, unit and owner of a row in each place
PLACES = (
    ("990100", "市局", "plan_office"),
    ("990102", "临江分局", "officer"),
    ("990103", "东湖分局", "other_officer"),
    ("371300", "外市局", "other_plan_office"),
    ("990100", None, "administrator"),
    ("990100", None, "analyst"),
    ("990100", None, "leader"),
    ("990100", None, "newcomer"),
)


def jobs(people: Any) -> Iterable[Any]:
    from bilan.portal.jobs.models import Job

    for number, (region, _, owner) in enumerate(PLACES):
        yield Job.objects.create(
            kind="any", label=f"marker-job-{number}", owner=people.users[owner], region=people.regions[region]
        )


def files(people: Any) -> Iterable[Any]:
    import io

    from bilan.portal.files.store import keep

    for number, (region, unit, owner) in enumerate(PLACES):
        marker = f"marker-file-{number}"
        yield keep(
            io.BytesIO(marker.encode()),
            f"{marker}.txt",
            "text",
            owner=people.users[owner],
            region=people.regions[region],
            unit=people.units[unit] if unit else None,
        )


def entries(people: Any) -> Iterable[Any]:
    from bilan.portal.audit.record import record

    for number, (region, _, owner) in enumerate(PLACES):
        yield record(
            "test.marker", label=f"marker-entry-{number}", region=people.regions[region], actor=people.users[owner]
        )


ROWS: list[Callable[[Any], Iterable[Any]]] = [jobs, files, entries]

# name of the address -> (name of the model, parameter -> attribute)
PARAMETERS = {
    "jobs:job": ("job", {"pk": "pk"}),
    "jobs:part": ("job", {"pk": "pk"}),
    "jobs:cancel": ("job", {"pk": "pk"}),
    "jobs:retry": ("job", {"pk": "pk"}),
    "files:download": ("storedfile", {"pk": "pk"}),
}

# Addresses whose parameters name no row, with values for them.
VALUES: dict[str, dict[str, str]] = {"style_chart": {"name": "trajectory"}}

# Parameters of which every value is tried.
CHOICES: dict[str, dict[str, Iterable[str]]] = {}

# Addresses with a query of their own -> the attribute of the row.
QUERIES: dict[str, str] = {}

# Addresses that are there only while the debugging mode is on.
WHILE_DEBUGGING = {"style", "style_chart"}

for _file in sorted(Path(__file__).parent.glob("crawled_*.py")):
    _app = import_module(_file.stem)
    ROWS += getattr(_app, "ROWS", [])
    PARAMETERS |= getattr(_app, "PARAMETERS", {})
    VALUES |= getattr(_app, "VALUES", {})
    CHOICES |= getattr(_app, "CHOICES", {})
    QUERIES |= getattr(_app, "QUERIES", {})
