"""A report that a vendor can act on: what the packets of a stream are, per outlet and command, and what to mend.

Memory is bounded by the number of outlets and of different findings, not by the length of the stream.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bilan.observe.hj212.check.content import Finding, content_findings
from bilan.observe.hj212.check.rules import Severity, rule
from bilan.observe.hj212.check.times import Course
from bilan.observe.hj212.joining import Joiner
from bilan.observe.hj212.packet import HEADER_NAMES, Packet, Problem
from bilan.policy import hj212 as standard

OUTLETS = 20_000  # that are told apart; what noise makes up beyond them is counted together
_COMMANDS = 64  # of one outlet
_FINDINGS = 200  # different ones of one outlet and command
_TOLD = 20  # parts, or stretches of them, that are named as missing
_CREDIBLE = 3  # damaged packets with one MN, and no sound one, before that MN is believed
UNKNOWN = ""  # the MN of packets that have none, or none to be believed

# What decoding says of the edition that the Flag names, and is to be said of the one that is asked for instead.
_OF_EDITION = ("header.", "command.unknown", "system.unknown", "flag.version")


@dataclass(slots=True)
class Case:
    """A finding and how often it was made; the example is the first, ``offset`` bytes into the stream ``file``.

    ``offset`` is None where it is about something that is not in the stream.
    """

    finding: Finding
    file: str
    offset: int | None
    qn: str | None
    count: int = 0

    @property
    def severity(self) -> Severity:
        return self.finding.severity

    def to_json(self) -> dict[str, Any]:
        """The case as a JSON object."""
        found, meant = self.finding, rule(self.finding.code)
        return {
            "code": found.code,
            "severity": self.severity,
            "title": meant.title,
            "what": found.what,
            "count": self.count,
            "example": {
                "file": self.file,
                "offset": self.offset,
                "qn": self.qn,
                "message": found.message,
                "expected": found.expected,
                "found": found.found,
            },
            "standard": meant.says,
            "clause": meant.clause,
        }


@dataclass(slots=True)
class CommandReport:
    """The packets of one outlet with one command."""

    cn: str
    frames: int = 0
    damaged: int = 0
    cases: dict[tuple[str, str, bool], Case] = field(default_factory=dict)
    course: Course = field(init=False)

    def __post_init__(self) -> None:
        self.course = Course(self.cn)

    def note(self, finding: Finding, file: str, offset: int | None, qn: str | None, count: int = 1) -> None:
        """Count ``finding``; past the bound of different ones it is counted with its kind."""
        key = (finding.code, finding.what, finding.fatal)
        if key not in self.cases and len(self.cases) >= _FINDINGS:
            key = (finding.code, "", finding.fatal)
        self.cases.setdefault(key, Case(finding, file, offset, qn)).count += count

    def sorted_cases(self) -> list[Case]:
        """The gravest and most frequent first."""
        gravity = ("error", "deviation", "doubt", "note")
        return sorted(self.cases.values(), key=lambda case: (gravity.index(case.severity), -case.count))

    def to_json(self) -> dict[str, Any]:
        """The command as a JSON object; times are those of the device."""
        course = self.course
        command = standard.command(self.cn, 2017) or standard.command(self.cn, 2025) or standard.command(self.cn, 2005)
        return {
            "cn": self.cn,
            "name": command.name if command else None,
            "frames": self.frames,
            "damaged": self.damaged,
            "first": course.first and f"{course.first:%Y-%m-%d %H:%M:%S}",
            "last": course.last and f"{course.last:%Y-%m-%d %H:%M:%S}",
            "interval": course.interval,
            "gaps": [
                {"after": f"{gap.after}", "before": f"{gap.before}", "missing": gap.missing} for gap in course.gaps()
            ],
            "findings": [case.to_json() for case in self.sorted_cases()],
        }


@dataclass(slots=True)
class OutletReport:
    """The packets of one MN."""

    mn: str
    versions: Counter[int | None] = field(default_factory=Counter)
    commands: dict[str, CommandReport] = field(default_factory=dict)

    def command(self, cn: str) -> CommandReport:
        """The report of ``cn``; beyond the bound of different ones that of all others, ``""``."""
        if cn not in self.commands and len(self.commands) >= _COMMANDS:
            cn = ""
        return self.commands.setdefault(cn, CommandReport(cn))

    @property
    def frames(self) -> int:
        return sum(command.frames for command in self.commands.values())

    @property
    def damaged(self) -> int:
        return sum(command.damaged for command in self.commands.values())

    def to_json(self) -> dict[str, Any]:
        """The outlet as a JSON object."""
        return {
            "mn": self.mn or None,
            "versions": {str(version): count for version, count in sorted(self.versions.items(), key=str)},
            "frames": self.frames,
            "damaged": self.damaged,
            "commands": [command.to_json() for _, command in sorted(self.commands.items())],
        }


class Checker:
    """Packets in, a report out.

    ``edition`` is the one to check against (2005, 2017, 2025), by default that which each packet's Flag names.

    >>> from bilan.observe.hj212 import examine
    >>> checker = Checker()
    >>> checker.add(examine(b"##0050ST=32;CN=2011;PW=123456;MN=X1;CP=&&011-Rtd=12.50&&9901"), 0)
    >>> [(case.finding.code, case.count) for case in checker.cases()]
    [('end.missing', 1), ('time.missing', 1)]
    """

    def __init__(self, edition: int | None = None) -> None:
        self.edition = edition
        self.frames = self.damaged = 0
        self._outlets: dict[str, OutletReport] = {}
        self._joiner = Joiner()
        self._lines: set[str] = set()  # files with one packet per line
        self._done = False

    def add(self, packet: Packet, offset: int, file: str = "") -> None:
        """Take a packet that stands ``offset`` bytes into the stream ``file``."""
        self.frames += 1
        self.damaged += not packet.ok
        outlet = self._outlet(packet.mn or UNKNOWN)
        command = outlet.command(packet.cn or "")
        command.frames += 1
        command.damaged += not packet.ok
        if packet.ok:
            outlet.versions[packet.version] += 1
        again = False
        for finding in self._findings(packet, command.course, offset, file):
            command.note(finding, file, offset + finding.offset, packet.qn)
            again = again or finding.code.startswith("repeat.")
        if packet.ok and not again and (packet.pnum or 1) > 1:
            self._joiner.add(packet)

    def _findings(self, packet: Packet, course: Course, offset: int, file: str) -> Iterator[Finding]:
        if packet.errors:  # what else is odd about damage follows from it
            for problem in packet.errors:
                code, at, message, expected, found = problem
                yield Finding(code, _about(problem), at, message, expected, found, fatal=True)
            return
        other = self.edition is not None and packet.version != self.edition
        for problem in packet.warnings:
            code, at, message, expected, found = problem
            if other and code.startswith(_OF_EDITION):
                continue
            if code == "end.missing" and found and not found.replace("\\n", ""):
                if file not in self._lines:  # one packet per line: said once, as it is the file's form
                    self._lines.add(file)
                    yield Finding("end.line", "", at, "行末是 LF，没有 CR", expected, found)
                continue
            yield Finding(code, _about(problem), at, message, expected, found)
        yield from content_findings(packet, self.edition)
        yield from course.add(packet, offset, file)

    def _outlet(self, mn: str) -> OutletReport:
        if mn not in self._outlets and len(self._outlets) >= OUTLETS:
            mn = UNKNOWN
        return self._outlets.setdefault(mn, OutletReport(mn))

    def outlets(self) -> list[OutletReport]:
        """The reports by MN, packets without a credible MN last; nothing may be added any more."""
        if not self._done:
            self._done = True
            self._finish()
        return sorted(self._outlets.values(), key=lambda outlet: (outlet.mn == UNKNOWN, outlet.mn))

    def _finish(self) -> None:
        for outlet in self._outlets.values():
            for command in outlet.commands.values():
                for count, finding, file in command.course.findings():
                    command.note(finding, file, finding.offset, None, count)
        for joined in self._joiner.finish():
            command = self._outlet(joined.key.mn or UNKNOWN).command(joined.key.cn or "")
            missing = "、".join(joined.missing[:_TOLD])
            message = f"DataTime={joined.key.data_time} 的 {joined.key.pnum} 包缺第 {missing} 包"
            some = next(iter(joined.parts.values()))
            command.note(Finding("parts.missing", "", 0, message, str(joined.key.pnum)), "", None, some.qn)
        self._drop_incredible()

    def _drop_incredible(self) -> None:
        """Put packets together whose MN was read from damage."""
        for mn in [mn for mn, outlet in self._outlets.items() if mn and not _credible(outlet)]:
            gone = self._outlets.pop(mn)
            unknown = self._outlets.setdefault(UNKNOWN, OutletReport(UNKNOWN))
            for command in gone.commands.values():
                into = unknown.command("")
                into.frames += command.frames
                into.damaged += command.damaged
                for case in command.cases.values():
                    into.note(case.finding, case.file, case.offset, case.qn, case.count)

    def cases(self) -> Iterator[Case]:
        """Every finding of every outlet."""
        for outlet in self.outlets():
            for _, command in sorted(outlet.commands.items()):
                yield from command.sorted_cases()

    def clean(self) -> bool:
        """Whether there is nothing to mend and nothing to doubt."""
        return all(case.severity == "note" for case in self.cases())

    def to_json(self) -> dict[str, Any]:
        """The report as a JSON object."""
        totals: Counter[str] = Counter()
        for case in self.cases():
            totals[case.finding.code] += case.count
        return {
            "edition": self.edition,
            "frames": self.frames,
            "ok": self.frames - self.damaged,
            "damaged": self.damaged,
            "clean": self.clean(),
            "totals": dict(totals.most_common()),
            "outlets": [outlet.to_json() for outlet in self.outlets()],
        }


_HEADER = {f"header.{name.lower()}": name for name in HEADER_NAMES}


def _about(problem: Problem) -> str:
    """The field of the header that a problem is about."""
    if problem.code == "header.missing":
        return problem.expected or ""
    if problem.code == "header.unknown":
        return (problem.found or "")[:40]
    return _HEADER.get(problem.code, "")


def _credible(outlet: OutletReport) -> bool:
    return outlet.frames > outlet.damaged or outlet.frames >= _CREDIBLE
