"""The register: who may send under which MN on a day, and clear words for what is wrong with the file."""

from __future__ import annotations

import logging
import os
from datetime import date
from pathlib import Path

import pytest

from bilan.observe.hj212.register import COLUMNS, Outlet, Register, RegisterError

HEAD = "station,mn,password"
DAY = date(2026, 1, 1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "register.csv"


def written(file: Path, *lines: str, encoding: str = "utf-8") -> Path:
    file.write_text("\n".join(lines) + "\n", encoding=encoding)
    file.chmod(0o600)
    return file


def test_everything_that_a_line_can_say(file: Path) -> None:
    line = "s1,一厂总排口,gas,X1,31,123456,0000000000000000,2026-01-01,2027-01-01,5,30,6,备注"
    columns = "station,name,medium,mn,st,password,key,valid_from,valid_to,min_interval,rtd_interval,o2_reference,note"
    assert sorted(columns.split(",")) == sorted(COLUMNS)
    outlet = Register.load(written(file, columns, line)).on("X1", DAY)
    assert outlet == Outlet(
        station="s1",
        mn="X1",
        password="123456",
        name="一厂总排口",
        medium="gas",
        st="31",
        keys=(b"0" * 16,),
        valid_from=DAY,
        valid_to=date(2027, 1, 1),
        min_interval=5,
        rtd_interval=30,
        o2_reference=6.0,
        note="备注",
        line=2,
    )


def test_what_is_left_out_has_a_default(file: Path) -> None:
    outlet = Register.load(written(file, HEAD, "s1,X1,123456")).on("X1", DAY)
    assert outlet is not None
    assert (outlet.min_interval, outlet.keys, outlet.st, outlet.o2_reference) == (10, (), "", None)


def test_the_medium_is_that_of_the_system_where_none_is_said(file: Path) -> None:
    register = Register.load(written(file, HEAD + ",st", "s1,X1,123456,32", "s2,X2,123456,A7"))
    assert [outlet.medium for outlet in register] == ["water", ""]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_that_spreadsheets_write(file: Path, encoding: str) -> None:
    register = Register.load(written(file, HEAD + ",name", "s1,X1,123456,一厂总排口", encoding=encoding))
    assert next(iter(register)).name == "一厂总排口"


def test_days_are_half_open_and_an_mn_may_pass_to_another(file: Path) -> None:
    head = HEAD + ",valid_from,valid_to"
    register = Register.load(written(file, head, "s2,X1,222222,2026-01-01,", "s1,X1,111111,,2026-01-01"))
    assert [register.on("X1", day).station for day in (date(2020, 1, 1), date(2025, 12, 31), DAY)] == ["s1", "s1", "s2"]  # type: ignore[union-attr]
    assert register.on("X2", DAY) is None
    assert register.on("", DAY) is None


def test_a_key_of_either_form_and_older_ones_after_it(file: Path) -> None:
    old, new = "a" * 16, "62" * 16
    lines = f"s1,X1,123456,{old},,2026-03-01", f"s1,X1,123456,{new},2026-03-01,"
    register = Register.load(written(file, HEAD + ",key,valid_from,valid_to", *lines))
    now, before = register.on("X1", date(2026, 3, 1)), register.on("X1", DAY)
    assert now is not None
    assert before is not None
    assert now.keys == (b"b" * 16, b"a" * 16)
    assert before.keys == (b"a" * 16, b"b" * 16)


def test_passwords(file: Path) -> None:
    outlet = Register.load(written(file, HEAD, "s1,X1,123456")).on("X1", DAY)
    assert outlet is not None
    assert outlet.admits("123456")
    assert not outlet.admits("")
    assert not outlet.admits("密码\udc80")
    assert "123456" not in repr(outlet)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["station,mn"], "第 1 行：缺少列 password"),
        ([HEAD + ",passwort"], "第 1 行：没有列“passwort”"),
        ([HEAD + ",mn"], "第 1 行：列 mn 出现两次"),
        ([HEAD, "s1,X1"], "第 2 行：应有 3 列，是 2 列"),
        ([HEAD, "s1,X1,123456", "", ",X2,123456"], "第 4 行，列 station：''：应为站点编号"),
        ([HEAD, "s1,X;1,123456"], "第 2 行，列 mn：'X;1'"),
        ([HEAD, "s1,X1,"], "第 2 行，列 password："),
        ([HEAD + ",key", "s1,X1,123456,12345"], "第 2 行，列 key：SM4 密钥应为 16 个字符"),
        ([HEAD + ",valid_from", "s1,X1,123456,2026-02-30"], "第 2 行，列 valid_from：'2026-02-30'：应为日期"),
        ([HEAD + ",valid_from", "s1,X1,123456,20260201"], "列 valid_from：'20260201'：应为日期"),
        ([HEAD + ",valid_from,valid_to", "s1,X1,123456,2026-01-01,2026-01-01"], "第 2 行，列 valid_to：应晚于"),
        ([HEAD + ",min_interval", "s1,X1,123456,7"], "第 2 行，列 min_interval：'7'：应为能整除"),
        ([HEAD + ",rtd_interval", "s1,X1,123456,0"], "第 2 行，列 rtd_interval"),
        ([HEAD + ",o2_reference", "s1,X1,123456,21"], "第 2 行，列 o2_reference：'21'：应为基准氧含量"),
        ([HEAD + ",o2_reference", "s1,X1,123456,nan"], "第 2 行，列 o2_reference"),
        ([HEAD + ",st", "s1,X1,123456,废气"], "第 2 行，列 st"),
        ([HEAD, "s1,X1,123456", "s1,X1,123456"], "第 3 行，列 valid_from，与第 2 行重叠：MN X1"),
        (
            [HEAD + ",valid_from,valid_to", "s1,X1,123456,2026-03-01,", "s2,X1,123456,,2026-03-02"],
            "第 3 行，列 valid_from，与第 2 行重叠：MN X1",
        ),
        ([HEAD, 's1,X1,"123456'], "不是 CSV"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_column(file: Path, lines: list[str], told: str) -> None:
    with pytest.raises(RegisterError, match=f"register.csv.*{told}"):
        Register.load(written(file, *lines))


def test_a_wrong_secret_is_not_repeated(file: Path) -> None:
    with pytest.raises(RegisterError) as caught:
        Register.load(written(file, HEAD + ",key", "s1,X1,123456,verysecret"))
    assert "verysecret" not in str(caught.value)


def test_a_file_that_is_not_there_or_no_text(file: Path) -> None:
    with pytest.raises(RegisterError, match="没有这个文件"):
        Register.load(file)
    file.write_bytes(b"station\xff\xff")
    with pytest.raises(RegisterError, match="既不是 UTF-8"):
        Register.load(file)


@pytest.mark.skipif(os.name != "posix", reason="modes of files are those of POSIX")
def test_a_file_that_others_can_read_is_told(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    written(file, HEAD, "s1,X1,123456")
    with caplog.at_level(logging.WARNING):
        Register.load(file)
        assert not caplog.records
        file.chmod(0o644)
        Register.load(file)
    assert "chmod 600" in caplog.text


def test_it_is_read_again_only_when_it_changed(file: Path) -> None:
    register = Register.load(written(file, HEAD, "s1,X1,123456"))
    assert register.refreshed() is register
    os.utime(file, (1, 1))
    assert register.refreshed() is register
    written(file, HEAD, "s1,X2,123456")
    changed = register.refreshed()
    assert changed is not register
    assert (register.on("X2", DAY), len(changed)) == (None, 1)
    assert changed.on("X2", DAY) is not None
    written(file, HEAD, "s1,X2")
    with pytest.raises(RegisterError):
        changed.refreshed()
    assert changed.on("X2", DAY) is not None
    file.unlink()
    with pytest.raises(RegisterError, match="没有这个文件"):
        changed.refreshed()


def test_a_register_without_a_file_stays_as_it_is() -> None:
    register = Register([Outlet("s1", "X1", "123456")])
    assert register.refreshed() is register


def test_a_change_of_the_key_is_no_change_of_the_mn() -> None:
    parts = [
        Outlet("s1", "X1", "123456", name="旧名", valid_to=DAY),
        Outlet("s1", "X1", "654321", name="新名", valid_from=DAY, valid_to=date(2026, 6, 1)),
        Outlet("s1", "X2", "654321", valid_from=date(2026, 6, 1)),
    ]
    (station,) = Register(parts).stations()
    assert station["name"] == "新名"
    assert [(known["id"], known["valid_from"], known["valid_to"]) for known in station["external_ids"]] == [
        ("X1", None, date(2026, 6, 1)),
        ("X2", date(2026, 6, 1), None),
    ]


def test_an_outlet_by_its_station() -> None:
    register = Register([Outlet("s1", "X1", "1", valid_to=DAY), Outlet("s1", "X2", "1", valid_from=DAY)])
    assert [register.of_station("s1", day).mn for day in (date(2025, 1, 1), DAY)] == ["X1", "X2"]  # type: ignore[union-attr]
    assert register.of_station("s2", DAY) is None


@pytest.mark.parametrize(
    ("column", "values"),
    [("st", ("31", "52")), ("min_interval", ("10", "5")), ("rtd_interval", ("60", "")), ("o2_reference", ("6", "11"))],
)
def test_two_mns_of_a_station_at_once_must_agree_on_what_holds_for_it(
    file: Path, column: str, values: tuple[str, str]
) -> None:
    head = f"{HEAD},valid_from,valid_to,{column}"
    lines = [f"s1,X{number},123456,,,{value}" for number, value in enumerate(values)]
    with pytest.raises(RegisterError, match=f"第 3 行，列 {column}：与第 2 行不同；站点 s1 同时用几个 MN"):
        Register.load(written(file, head, *lines))
    Register.load(written(file, head, lines[0], lines[0].replace("X0", "X1")))
    one_after_the_other = f"s1,X0,123456,,2026-01-01,{values[0]}", f"s1,X1,123456,2026-01-01,,{values[1]}"
    assert len(Register.load(written(file, head, *one_after_the_other))) == 2
