"""Words of a plan find the right row, and doubtful words find none."""

from __future__ import annotations

import time
from datetime import date

import pytest

from bilan.policy import department_for, inner_region, region_by_name


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("生态环境部", "ecology"),
        ("省生态环境厅", "ecology"),
        ("云江省清河市生态环境局", "ecology"),
        ("市生态环境局高新分局", "ecology"),
        ("云岭管委会生态环境局", "ecology"),
        ("省发改委", "development_reform"),
        ("市 发展改革委", "development_reform"),
        ("发改", "development_reform"),
        ("区自然资源局", "natural_resources"),
        ("市规自局", "natural_resources"),
        ("县资规局", "natural_resources"),
        ("市住房城乡建设局", "housing_construction"),
        ("省住建厅等", "housing_construction"),
        ("市水务局", "water"),
        ("市委宣传部", "party_publicity"),
        ("市委办公室", "party_office"),
        ("市政府办", "government_office"),
        ("市中级人民法院", "court"),
        ("国家税务总局清河市税务局", "tax"),
        ("国家金融监督管理总局云江监管局", "financial_regulation"),
        ("中国人民银行清河市分行", "central_bank"),
        ("国网清河供电公司", "power_grid"),
        ("清河海事局", "maritime"),
        ("各县（市、区）人民政府", "government"),
        ("各区政府", "government"),
        ("各乡镇（街道）", "township"),
        ("各乡镇党委和人民政府", "township"),
        ("清河高新区管委会", "zone_committee"),
        ("市直有关部门", "relevant_bodies"),
        ("市属国有企业", "state_enterprise"),
        ("市公安局交警支队", "public_security"),
    ],
)
def test_body_behind_the_words(text: str, body: str) -> None:
    found = department_for(text)
    assert found is not None
    assert found.id == body


@pytest.mark.parametrize(
    "text", ["", "区", "市", "区经济发展局(发改、工信)", "交通建设与生态环境局", "改进生态环境局工作"]
)
def test_no_guess(text: str) -> None:
    assert department_for(text) is None


@pytest.mark.parametrize(
    ("text", "on", "body"),
    [
        ("市环境保护局", date(2017, 1, 1), "environmental_protection"),
        ("市环境保护局", date(2018, 12, 1), "ecology"),
        ("市环境保护局", None, "ecology"),
        ("市环保局", date(2017, 1, 1), "environmental_protection"),
        ("市环保局", None, "ecology"),
        ("市国土资源局", None, "natural_resources"),
        ("市畜牧局", date(2017, 1, 1), "livestock"),
        ("省银保监局", date(2020, 1, 1), "banking_insurance"),
        ("省银保监局", None, "financial_regulation"),
        ("市银监局", None, "financial_regulation"),  # two steps
        ("市卫生局", date(2015, 1, 1), "health_family"),
        ("县扶贫办", date(2022, 1, 1), "rural_revitalization"),
        ("县扶贫办", None, "agriculture_rural"),
    ],
)
def test_body_of_the_day(text: str, on: date | None, body: str) -> None:
    found = department_for(text, on)
    assert found is not None
    assert found.id == body


def test_body_before_its_time() -> None:
    assert department_for("市生态环境局", date(2012, 1, 1)) is None


@pytest.mark.parametrize(
    ("name", "within", "region"),
    [
        ("吉林省", None, "220000"),
        ("吉林", None, "220000"),  # the outer one
        ("吉林市", None, "220200"),
        ("吉林", "220200", "220200"),
        ("延边州", None, "222400"),
        ("海南", None, "460000"),
        ("雄安新区", None, "zone.xiongan"),
        ("长江", None, "basin.yangtze"),
        ("辽河流域", None, "basin.liao"),
        ("渤海", None, "sea.bohai"),
        ("朝阳区", None, None),  # Beijing and Changchun
        ("朝阳区", "110000", "110105"),
        ("清河市", None, "990100"),
        ("安平县", None, "131125"),  # the real one
        ("安平县", "990100", "990121"),
        ("清河", "990000", "990100"),
        ("清河 流域", None, "basin.qinghe"),
        ("高新区", None, None),
        ("高新区", "990100", "990171"),
        ("无此地市", None, None),
    ],
)
def test_region(name: str, within: str | None, region: str | None) -> None:
    found = region_by_name(name, within=within)
    assert (found and found.id) == region


@pytest.mark.parametrize(
    ("name", "on", "region"),
    [
        ("莱芜市", None, None),
        ("莱芜市", date(2018, 12, 25), "371200"),
        ("莱芜市", date(2018, 12, 26), None),
        ("巢湖市", date(2010, 1, 1), "341400"),
        ("巢湖市", date(2012, 1, 1), "340181"),
    ],
)
def test_region_of_the_day(name: str, on: date | None, region: str | None) -> None:
    found = region_by_name(name, on)
    assert (found and found.id) == region


@pytest.mark.parametrize(
    ("name", "within", "id_"),
    [
        ("清河市东湖区", None, "990103"),
        ("南昌市东湖区", None, "360102"),
        ("云江省清河市东湖区", None, "990103"),
        ("长春市 朝阳区", "220000", "220104"),
        ("北京市朝阳区", "220000", None),
        ("东湖区", None, None),
        ("清河市乌有区", None, None),
        ("", None, None),
    ],
)
def test_the_name_of_an_outer_region_tells_namesakes_apart(name: str, within: str | None, id_: str | None) -> None:
    found = inner_region(name, within)
    assert (found and found.id) == id_


def test_a_long_text_that_names_nothing_is_refused_at_once() -> None:
    begun = time.process_time()
    assert inner_region("清河市" * 200 + "乌有") is None
    assert time.process_time() - begun < 1
