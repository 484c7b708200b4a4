"""Files of reported statistics into the lake: their reports, and what of them was refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bilan.errors import BilanError
from bilan.observe.importers.base import OptionError, Options
from bilan.observe.ingest import Ingested, IngestedFile
from bilan.observe.lake import Lake
from bilan.observe.lake_classify import Added
from bilan.observe.quarantine import Refusals, quarantine_of, refusals
from bilan.observe.statistics import Statistics
from bilan.observe.statistics_file import StatisticsFile
from bilan.observe.statistics_report import Report
from bilan.observe.statistics_rows import Origin, report_of

_SHOWN = 5  # figures that a file says in two ways, of which the places are told


def ingest_statistics(
    place: str | Path,
    paths: Sequence[Path],
    options: Options | None = None,
    *,
    received_at: datetime | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Ingested:
    """Take the statistics in the files ``paths`` into the lake at ``place`` and return what became of them.

    Each file is one commit, and a file that cannot be read stops no other; without a single report no lake is made.
    The same call again adds nothing. ``progress`` is called with a file's name and the share of all that was read.
    Raises OptionError for any option, LakeError where the lake cannot take the reports.
    """
    foreign = options.given() if options else ()
    if foreign:
        raise OptionError(f"--{foreign[0]}：格式 {StatisticsFile.name} 没有这个选项")
    moment = received_at or datetime.now(UTC)
    files, added = [], Added()
    for number, path in enumerate(paths):
        file = IngestedFile(path)
        files.append(file)

        def told(share: float, name: str = path.name, before: int = number) -> None:
            if progress:
                progress(name, (before + share) / len(paths))

        try:
            reports = _read(file, quarantine_of(place), moment, told)
        except BilanError as error:
            file.failure = str(error)
            continue
        if reports:
            added += Statistics.of(Lake(place)).add(reports, file.sha256)
    return Ingested(tuple(files), added, 0)


def _read(file: IngestedFile, quarantine: Path, moment: datetime, told: Callable[[float], None]) -> list[Report]:
    """The reports of a file; what was refused is saved when it was read to its end, or as far as it can be read."""
    opened = StatisticsFile(file.path)
    file.sha256 = opened.sha256
    origin = Origin(file.path.name, opened.sha256, moment, opened.binary)
    reports: list[Report] = []
    with refusals(file.path.name, opened.sha256, opened.name) as refused:
        try:
            for part in opened:
                refused.add(part.rejects)
                file.rows += len(part.rows) + len(part.rejects)
                for row in part.rows:
                    made = report_of(row, origin)
                    if made is None:
                        file.empty += 1
                    elif isinstance(made, Report):
                        reports.append(made)
                    else:
                        refused.add(made)
                told(part.done)
        except BilanError:
            _note(file, refused, quarantine, moment)
            raise
        _note(file, refused, quarantine, moment)
    file.observations = len(reports)
    file.assumptions = (*opened.assumptions, *_twice(reports))
    return reports


def _note(file: IngestedFile, refused: Refusals, quarantine: Path, moment: datetime) -> None:
    file.refused, file.first = refused.count, tuple(refused.first)
    file.quarantine = refused.save(quarantine, moment)


def _twice(reports: Sequence[Report]) -> list[str]:
    """Where a file says two values of one figure in one status on one day: the later line is taken to hold."""
    said: dict[tuple[object, ...], list[Report]] = defaultdict(list)
    for report in reports:
        said[*report.key, report.status, report.reported_on].append(report)
    doubles = [rows for rows in said.values() if len({row.value for row in rows}) > 1]
    lines = [
        f"第 {'、'.join(str(row.source_line) for row in rows)} 行是同一指标、地区、期间而数值不同，以后一行为准"
        for rows in doubles[:_SHOWN]
    ]
    return lines + ([f"另有 {len(doubles) - _SHOWN} 组同一指标、地区、期间而数值不同"] if len(doubles) > _SHOWN else [])
