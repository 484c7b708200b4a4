"""The code tables of HJ 212 say what the three editions say, and agree with the parameters of the lake."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bilan.observe.importers.units import factor as conversion
from bilan.policy import hj212
from bilan.policy.hj212.rows import by_edition
from bilan.policy.parameters import parameter, parameters

FOLDER = Path(hj212.__file__).parent
EDITIONS = (2005, 2017, 2025)
TABLES = (
    "commands",
    "cp_fields",
    "data_flags",
    "device_states",
    "editions",
    "factors",
    "header_fields",
    "returns",
    "suffixes",
    "system_ranges",
    "system_types",
    "units_in_use",
)


def codes(text: str) -> set[str]:
    return set(text.split())


class TestTables:
    @pytest.mark.parametrize("name", TABLES)
    def test_every_row_has_all_cells_and_a_source(self, name: str) -> None:
        with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file, strict=True)
        source = header.index("source")
        assert [row for row in rows if len(row) != len(header) or not row[source]] == []
        assert [cell for row in rows for cell in row if cell != cell.strip()] == []

    @pytest.mark.parametrize("name", TABLES)
    def test_no_address_and_no_carriage_return(self, name: str) -> None:
        raw = (FOLDER / f"{name}.csv").read_bytes()
        assert b"://" not in raw
        assert b"\r" not in raw

    def test_an_edition_that_does_not_exist(self) -> None:
        lookups = (
            lambda: hj212.commands(2011),
            lambda: hj212.command("2011", 2011),
            lambda: hj212.header_fields(2011),
            lambda: hj212.system_types(2011),
            lambda: hj212.flag_valid("N", 2011),
            lambda: hj212.suffixes(2011),
            lambda: hj212.cp_fields(2011),
            lambda: hj212.factor("011", 2011),
            lambda: hj212.qn_returns(2011),
        )
        for lookup in lookups:
            with pytest.raises(ValueError, match="没有 2011"):
                lookup()

    def test_a_code_defined_twice_in_an_edition(self) -> None:
        command = hj212.commands(2017)["2011"]
        with pytest.raises(ValueError, match="2011 在 2005 版中有两行"):
            by_edition([command, command], "cn", EDITIONS)

    def test_tables_are_read_once(self) -> None:
        assert hj212.commands(2017) is hj212.commands(2017)
        assert hj212.factors(2017) is hj212.factors(2017)

    def test_loading_needs_nothing_heavy(self) -> None:
        script = (
            "import sys; from bilan.policy import hj212; hj212.packet_unit('011', '32', 2005); hj212.commands(2025);"
            "print(sorted({'pyarrow', 'duckdb', 'numpy', 'pydantic', 'deltalake', 'ibis'} & set(sys.modules)))"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"


class TestEditions:
    def test_each_begins_when_the_one_before_ends(self) -> None:
        found = list(hj212.editions().values())
        assert [edition.edition for edition in found] == list(EDITIONS)
        assert [e.valid_to for e in found[:-1]] == [e.valid_from for e in found[1:]]
        assert found[-1].valid_to is None

    @pytest.mark.parametrize(
        ("day", "edition"),
        [
            (date(2017, 4, 30), 2005),
            (date(2017, 5, 1), 2017),
            (date(2025, 12, 31), 2017),
            (date(2026, 1, 1), 2025),
        ],
    )
    def test_validity_is_half_open(self, day: date, edition: int) -> None:
        found = hj212.edition_on(day)
        assert found is not None
        assert found.edition == edition

    def test_before_the_first_there_is_none(self) -> None:
        assert hj212.edition_on(date(2000, 1, 1)) is None
        assert hj212.editions()[2005].unverified == ("valid_from",)

    def test_version_bits_of_flag(self) -> None:
        assert [hj212.edition_of_flag(flag) for flag in (0, 4, 5, 6, 7, 8, 9, 10, 11)] == [
            2005,
            *[2017] * 4,
            *[2025] * 4,
        ]
        assert hj212.edition_of_flag(255) is None


class TestHeader:
    @pytest.mark.parametrize(
        ("edition", "widths"),
        [
            (2017, {"QN": 20, "ST": 5, "CN": 7, "PW": 9, "MN": 27, "Flag": 8, "PNUM": 9, "PNO": 8, "CP": 950}),
            (
                2025,
                {"QN": 20, "ST": 5, "CN": 7, "PW": 9, "MN": 27, "Flag": 8, "PNUM": 6, "PNO": 5, "RF": 4, "CP": 950},
            ),
        ],
    )
    def test_widths_as_printed(self, edition: int, widths: dict[str, int]) -> None:
        fields = hj212.header_fields(edition)
        assert {name: field.width for name, field in fields.items()} == widths
        assert [field.position for field in fields.values()] == list(range(1, len(fields) + 1))

    @pytest.mark.parametrize(
        ("edition", "field", "value", "allowed"),
        [
            (2017, "QN", "20240601085857223", True),
            (2017, "QN", "20240601085857", False),
            (2017, "MN", "900016F0010000A800169DC0", True),
            (2017, "MN", "X0000000000001", False),
            (2005, "MN", "X0000000000001", True),
            (2017, "PNUM", "12", True),
            (2025, "PNUM", "12", False),
            (2025, "PNUM", "9", True),
            (2025, "RF", "0", False),
            (2017, "CP", "x" * 950, True),
            (2017, "CP", "x" * 951, False),
        ],
    )
    def test_what_a_field_may_hold(self, edition: int, field: str, value: str, allowed: bool) -> None:
        assert hj212.header_fields(edition)[field].allows(value) is allowed

    def test_a_pattern_is_no_wider_than_its_field(self) -> None:
        for edition in (2017, 2025):
            for name, field in hj212.header_fields(edition).items():
                room = field.width - len(name) - 1
                assert not field.allows("1" * (room + 1)) or name == "CP"

    def test_2005_rests_on_one_source(self) -> None:
        assert {field.unverified for field in hj212.header_fields(2005).values()} == {True}
        assert "RF" not in hj212.header_fields(2017)


class TestCommands:
    def test_those_of_2017_are_complete(self) -> None:
        assert set(hj212.commands(2017)) == codes(
            "1000 1011 1012 1013 1061 1062 1063 1064 1072 2011 2012 2021 2022 2031 2041 2051 2061 2081 "
            "3011 3012 3013 3014 3015 3016 3017 3018 3019 3020 3021 9011 9012 9013 9014"
        )

    def test_those_that_came_in_2025(self) -> None:
        assert set(hj212.commands(2025)) - set(hj212.commands(2017)) == codes(
            "1001 1002 1014 2013 2052 2062 2111 3022 3024 9015"
        )

    def test_those_that_went_in_2017(self) -> None:
        gone = codes("1001 1021 1022 1031 1032 1041 1042 2071 2072")
        assert set(hj212.commands(2005)) - set(hj212.commands(2017)) == gone

    @pytest.mark.parametrize("cn", ["3111", "3112", "3113", "3114", "3115", "9021", "8013", ""])
    def test_no_edition_knows_it(self, cn: str) -> None:
        assert [hj212.command(cn, edition) for edition in EDITIONS] == [None] * 3

    def test_validity_is_that_of_the_editions(self) -> None:
        limits, heartbeat = hj212.commands(2005)["1021"], hj212.commands(2025)["9015"]
        assert limits.valid_to == date(2017, 5, 1)
        assert (heartbeat.valid_from, heartbeat.valid_to) == (date(2026, 1, 1), None)

    @pytest.mark.parametrize("cn", ["1001", "3013", "3014"])
    def test_one_code_two_meanings(self, cn: str) -> None:
        assert hj212.commands(2005)[cn].name != hj212.commands(2025)[cn].name

    @pytest.mark.parametrize(
        ("cn", "answer"),
        [("1013", "9013"), ("9015", "9013"), ("2011", "9014"), ("2081", "9014"), ("3020", "9014"), ("9014", "")],
    )
    def test_what_the_host_answers(self, cn: str, answer: str) -> None:
        assert hj212.commands(2025)[cn].answer == answer

    def test_what_must_be_encrypted(self) -> None:
        for cn, command in hj212.commands(2025).items():
            wanted = "both" if cn == "1014" else "device" if cn == "3020" or (cn[0] == "2" and command.device) else "no"
            assert command.encrypted == wanted, cn

    def test_when_data_time_is(self) -> None:
        starts = {cn: c.seconds for cn, c in hj212.commands(2025).items() if c.data_time == "start"}
        assert starts == {"2031": 86400, "2041": 86400, "2051": None, "2052": None, "2061": 3600, "2111": 300}
        assert hj212.commands(2017)["2011"].data_time == "instant"

    def test_words_of_the_table(self) -> None:
        every = [command for edition in EDITIONS for command in hj212.commands(edition).values()]
        assert {c.host for c in every} | {c.device for c in every} == {"", "request", "notice", "upload", "answer"}
        assert {c.group for c in every} == {"init", "params", "data", "control", "interaction"}
        assert all(c.host or c.device for c in every)
        assert all(set(c.unverified) <= set(c.editions) for c in every)


class TestSystemsAndReturns:
    def test_systems_of_2017(self) -> None:
        assert set(hj212.system_types(2017)) == codes("21 22 23 24 25 26 27 31 32 33 34 35 36 37 38 39 41 51 52 91")

    def test_systems_that_came_in_2025(self) -> None:
        assert set(hj212.system_types(2025)) - set(hj212.system_types(2017)) == {"44", "45"}

    def test_media(self) -> None:
        media = {st: hj212.system_types(2017)[st].medium for st in ("21", "22", "31", "32", "39", "91")}
        assert media == {"21": "water", "22": "air", "31": "gas", "32": "water", "39": "air", "91": ""}

    def test_every_named_system_lies_in_a_range(self) -> None:
        assert {hj212.system_kind(st) for st in hj212.system_types(2025)} == {
            "environment",
            "source",
            "process",
            "interaction",
        }

    @pytest.mark.parametrize("st", ["80", "99 ", "101", "", "\0\0", "2", "a1", "AB"])
    def test_what_lies_in_no_range(self, st: str) -> None:
        assert hj212.system_kind(st) is None

    def test_answers_to_requests(self) -> None:
        assert list(hj212.qn_returns()) == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "100"]
        assert [hj212.qn_returns()[code].name for code in ("3", "9")] == ["PW错误", "CRC校验错误"]
        assert list(hj212.qn_returns(2005)) == ["1", "2", "3"]

    def test_results_of_requests(self) -> None:
        assert list(hj212.execution_returns()) == ["1", "2", "3", "4", "5", "6", "100"]
        assert hj212.execution_returns()["100"].name_en == "no data"


class TestContent:
    def test_flags(self) -> None:
        assert set(hj212.flags(2017)) == set("NFMSDCTB")
        assert set(hj212.flags(2005)) == set("PFCMTDSN0123")

    def test_only_normal_values_count(self) -> None:
        assert [flag for flag in hj212.flags(2017) if hj212.flag_valid(flag, 2017)] == ["N"]
        assert hj212.flag_valid("3", 2005) is True
        assert hj212.flag_valid("3", 2017) is None

    def test_device_states(self) -> None:
        assert [state.name_en for state in hj212.device_states(2017).values()] == [
            "off",
            "on",
            "calibrating",
            "under maintenance",
            "alarm",
            "blow-back",
        ]

    def test_suffixes_of_2017(self) -> None:
        wanted = codes(
            "Rtd Min Avg Max Cou Flag EFlag SampleTime ZsRtd ZsMin ZsAvg ZsMax Info SN Data DayData NightData RS RT"
        )
        assert set(hj212.suffixes(2017)) == wanted
        assert {"ZsCou", "ZsFlag"} <= set(hj212.suffixes()) - set(hj212.suffixes(2005))

    def test_a_value_at_reference_oxygen_has_the_statistic_of_its_plain_one(self) -> None:
        known = hj212.suffixes()
        for name, suffix in known.items():
            if name.startswith("Zs"):
                assert suffix.corrected
                assert suffix.statistic == known[name[2:]].statistic

    @pytest.mark.parametrize(
        ("edition", "field", "value", "allowed"),
        [
            (2017, "RtdInterval", "30", True),
            (2017, "RtdInterval", "29", False),
            (2017, "RtdInterval", "3601", False),
            (2017, "MinInterval", "12", True),
            (2017, "MinInterval", "7", False),
            (2017, "OverTime", "100", False),
            (2005, "OverTime", "100", True),
            (2017, "OverTime", "5.0", False),
            (2017, "OverTime", "٥", False),
            (2017, "OverTime", "9" * 5000, False),
            (2017, "PolId", "w01018", True),
        ],
    )
    def test_bounds_of_the_other_fields(self, edition: int, field: str, value: str, allowed: bool) -> None:
        assert hj212.cp_fields(edition)[field].allows(value) is allowed

    def test_fields_of_2017(self) -> None:
        wanted = codes(
            "SystemTime QnRtn ExeRtn RtdInterval MinInterval RestartTime PolId BeginTime EndTime DataTime NewPW "
            "OverTime ReCount VaseNo CstartTime Ctime Stime InfoId"
        )
        assert set(hj212.cp_fields(2017)) == wanted


class TestFactors:
    @pytest.mark.parametrize(
        ("old", "code", "unit"),
        [
            ("B01", "w00000", "L/s"),
            ("001", "w01001", ""),
            ("003", "w01012", "mg/L"),
            ("011", "w01018", "mg/L"),
            ("015", "w01020", "mg/L"),
            ("065", "w21001", "mg/L"),
            ("060", "w21003", "mg/L"),
            ("101", "w21011", "mg/L"),
            ("020", "w20111", "mg/L"),
            ("022", "w20115", "mg/L"),
            ("024", "w20117", "mg/L"),
            ("026", "w20119", "mg/L"),
            ("027", "w20120", "mg/L"),
            ("080", "w22001", "mg/L"),
            ("B02", "a00000", "m3/s"),
            ("S01", "a19001", "%"),
            ("S02", "a01011", "m/s"),
            ("S03", "a01012", "℃"),
            ("S05", "a01014", "%"),
            ("S07", "a01016", "m2"),
            ("01", "a34013", "mg/m3"),
            ("02", "a21026", "mg/m3"),
            ("03", "a21002", "mg/m3"),
            ("04", "a21005", "mg/m3"),
            ("08", "a21024", "mg/m3"),
            ("31", "a20057", "mg/m3"),
        ],
    )
    def test_codes_of_2005(self, old: str, code: str, unit: str) -> None:
        found = hj212.factor(old, 2005)
        assert found is not None
        assert (found.code, found.unit) == (code, unit)

    def test_the_unit_goes_with_the_code_and_not_with_the_packet(self) -> None:
        units = {
            (code, edition): found.unit
            for code in ("020", "w20111")
            for edition in EDITIONS
            if (found := hj212.factor(code, edition))
        }
        assert {unit for (code, _), unit in units.items() if code == "020"} == {"mg/L"}
        assert {unit for (code, _), unit in units.items() if code == "w20111"} == {"µg/L"}
        assert len(units) == 6

    @pytest.mark.parametrize("code", ["a21001", "a34001", "a34002", "a34004", "a34005"])
    def test_what_the_standard_prints_in_nanograms(self, code: str) -> None:
        found = hj212.factor(code, 2017)
        assert found is not None
        assert (found.unit, found.verified) == ("ng/m3", True)

    def test_defaults_of_2025(self) -> None:
        wanted = {
            "a00000": ("m3/s", "N6.1"),
            "a34013": ("mg/m3", "N4.1"),
            "a21026": ("mg/m3", "N5.2"),
            "a21002": ("mg/m3", "N4.2"),
            "a19001": ("%", "N2.2"),
            "a01011": ("m/s", "N2.2"),
            "a01012": ("℃", "N3.1"),
            "a01013": ("kPa", "N2.3"),
            "a01014": ("%", "N3.2"),
        }
        found = {code: hj212.factors(2025)[code] for code in wanted}
        assert {code: (factor.unit, factor.format) for code, factor in found.items()} == wanted

    def test_where_2025_is_not_known_2017_stands_in_unverified(self) -> None:
        found = hj212.factor("w01018", 2025)
        assert found is not None
        assert (found.unit, found.verified) == ("mg/L", False)

    def test_numbered_devices(self) -> None:
        found = [hj212.factor(code, 2017) for code in ("e30201", "g10399", "i33315", "LA")]
        assert [factor.code for factor in found if factor] == ["e302xx", "g103xx", "i3331x", "LA"]
        assert hj212.factor("w010xx", 2017) is None

    def test_a_code_that_the_standard_uses_twice_is_no_ground_for_a_unit(self) -> None:
        assert [hj212.factors(2017)[code].verified for code in ("g119xx", "e701xx")] == [False, False]

    def test_case_counts_and_an_unknown_code_is_none(self) -> None:
        assert [hj212.factor(code, 2005) for code in ("s01", "W01018", "", "zz9999", "a21")] == [None] * 5

    def test_what_2017_gave_up_has_no_new_code(self) -> None:
        assert {old for old, found in hj212.factors(2005).items() if not found.code} == {"025", "16", "99", "B03"}

    def test_codes_are_unique_and_of_the_right_form(self) -> None:
        with (FOLDER / "factors.csv").open(encoding="utf-8", newline="") as file:
            table = list(csv.DictReader(file, strict=True))
        for column in ("code", "code_2005"):
            used = [row[column] for row in table if row[column]]
            assert len(used) == len(set(used)), column
        form = re.compile(r"[waidp]\d{5}|[eg]\d{3}xx|i\d{4}x|L[A-Za-z0-9]{1,2}")
        assert [row["code"] for row in table if row["code"] and not form.fullmatch(row["code"])] == []
        numbers = re.compile(r"(N\d+(\.\d+)?|C\d+|YYYYMMDDHHMMSS)?")
        assert [
            r["code"]
            for r in table
            if not (numbers.fullmatch(r["format_2017"]) and numbers.fullmatch(r["format_2025"]))
        ] == []
        columns = {"code", "name", "unit_2005", "unit_2017", "unit_2025", "format_2025"}
        assert {word for row in table for word in row["unverified"].split("|") if word} <= columns


class TestParameters:
    """What ``parameters.csv`` says of packets is what ``factors.csv`` says."""

    def test_every_parameter_of_the_standard_is_a_factor(self) -> None:
        known = hj212.factors(2017)
        assert [row.code for row in parameters() if not row.code.startswith("x") and row.code not in known] == []

    def test_codes_of_2005_agree(self) -> None:
        known = hj212.factors(2017)
        here = {row.code: known[row.code].code_2005 for row in parameters() if row.code in known}
        assert here == {row.code: row.code_2005 for row in parameters() if row.code in known}

    def test_units_of_packets_agree(self) -> None:
        known = hj212.factors(2017)
        here = {row.code: known[row.code].unit or "" for row in parameters() if row.code in known}
        assert here == {row.code: row.hj212_unit for row in parameters() if row.code in known}

    def test_every_unit_of_a_packet_converts_into_that_of_the_lake(self) -> None:
        for edition in EDITIONS:
            for st in ("21", "22", "31", "32", "39"):
                for code, found in hj212.factors(edition).items():
                    kept = parameter(found.code) if found.code else None
                    unit = hj212.packet_unit(code, st, edition)
                    if kept and unit and unit.unit != "MPa":  # one word with mPa where case does not count
                        assert conversion(unit.unit, kept.unit) > 0, (code, st, edition)


class TestUnitsInUse:
    @pytest.mark.parametrize(
        ("code", "unit"),
        [("a34004", "µg/m3"), ("a34002", "µg/m3"), ("a21026", "µg/m3"), ("a05024", "µg/m3"), ("a21005", "mg/m3")],
    )
    def test_ambient_stations(self, code: str, unit: str) -> None:
        found = hj212.packet_unit(code, "22", 2017)
        assert found is not None
        assert (found.unit, found.in_use) == (unit, True)

    def test_elsewhere_the_standard_holds(self) -> None:
        found = hj212.packet_unit("a21026", "31", 2017)
        assert found is not None
        assert (found.unit, found.in_use, found.source) == ("mg/m3", False, "HJ 212-2017 表B.2")

    def test_pressure_of_2005_from_sources_is_read_as_it_is_sent(self) -> None:
        units = [found.unit for code in ("S04", "S08") if (found := hj212.packet_unit(code, "31", 2005))]
        assert units == ["kPa", "kPa"]
        assert hj212.factors(2005)["S08"].unit == "MPa"

    @pytest.mark.parametrize(
        ("code", "edition", "source"),
        [
            ("01", 2005, "HJ/T 212-2005"),
            ("a34013", 2017, "HJ 212-2017 表B.2"),
            ("a34013", 2025, "HJ 212-2025 表B.2"),
            ("w01018", 2025, "HJ 212-2017 表B.1"),
            ("070", 2005, "HJ 212-2017 表B.1"),
        ],
    )
    def test_the_source_is_that_of_the_unit(self, code: str, edition: int, source: str) -> None:
        found = hj212.packet_unit(code, "30", edition)
        assert found is not None
        assert found.source == source

    def test_where_nothing_is_known_there_is_none(self) -> None:
        assert hj212.packet_unit("a05024", "31", 2017) is None
        assert hj212.packet_unit("zz", "22", 2017) is None

    def test_every_row_belongs_to_a_known_system_and_factor(self) -> None:
        with (FOLDER / "units_in_use.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, strict=True):
                assert row["st"] in hj212.system_types(2017)
                assert hj212.factor(row["code"], 2017) is not None
                assert row["unverified"] in ("yes", "no")
