"""What leads a parser astray, one invented sentence for each kind, read through the whole compiler.

The kinds: damage by the carrier, numbers that are no targets, comparators and values, what binds to what.
"""

from __future__ import annotations

import pytest

from ..plans import YEARLY, Expected, compiled, figures, goals, goals_in_task, pick, plan_with

# --- numbers that are no targets --------------------------------------------------------------------------------------

NO_TARGETS = {
    "campaign of a hundred percents": "施工工地严格落实“七个百分之百”要求。",
    "campaign in plain words": "落实扬尘管控七个百分之百要求,做到四个必须。",
    "mechanisms and ledgers": "建立五项机制、九项制度和两本台账,实行“四不两直”检查。",
    "systems": "完善三级四类防控体系,推行“双随机、一公开”监管。",
    "waters counted in a name": "统筹九溪三塘综合治理。",
    "actions": "深入实施八大专项行动,构建“2+N”政策体系。",
    "kinds of industry": "遏制两高一低项目,推进供排水两网融合。",
    "policy per river": "编制一河一策,推进四场一通道和百吨千人水源保护。",
    "industry as a brand": "做优做强百亿元蓝莓、千万羽蛋鸭产业。",
    "temperature as a brand": "擦亮“23℃的春天”旅游名片。",
    "road numbers": "加强G227、青线108沿线环境整治。",
    "project as a name": "学习运用“百村示范”工程经验。",
    "scope of boilers": "推进35蒸吨/小时以上燃煤锅炉超低排放改造。",
    "scope of rivers": "加强流域面积超过500平方公里以上河流管理。",
    "class of sources": "加强二类以上放射源监管。",
    "rule of behaviour": "倡导“127”绿色出行(1公里内步行、2公里内骑行、7公里左右乘坐公交)。",
    "slogan of parks": "推进公园建设,落实“400米见绿、600米见园”。",
    "number of a document": "按照青环办字〔2026〕14号要求开展工作。",
    "years of a title": "落实《青屿市岸线保护规划(2019—2033年)》。",
    "start year": "2027年起,开展入河排口普查。",
    "party rules": "严格执行中央八项规定精神,运用监督执纪四种形态,配合第三轮巡视。",
    "results of the last period": "截止“十四五”末,全市污水处理率达到96%。",
    "results by year": "截至2025年底,森林覆盖率达到41.5%。",
    "phone and page": "联系电话:0990-8123456。",
}


@pytest.mark.parametrize("sentence", NO_TARGETS.values(), ids=NO_TARGETS.keys())
def test_number_that_is_no_target(sentence: str) -> None:
    assert figures(goals_in_task(sentence)) == []


def test_validity_is_no_target() -> None:
    plan = plan_with(body="加强巡查。\n三、附则\n本方案自印发之日起施行,有效期至2029年6月30日。")
    assert figures(plan.targets) == []


def test_scope_stands_next_to_the_real_quantity() -> None:
    found = goals_in_task("到2027年,完成常住人口2万人以上的36个乡镇污水处理设施建设。")
    assert pick(found, [{"value": 36.0, "unit": "个", "due": "2027", "kind": "task_quantity"}]) == [
        {"value": 36.0, "unit": "个", "due": "2027", "kind": "task_quantity"}
    ]


# --- comparators and values -------------------------------------------------------------------------------------------

GOOD, PM25, INFERIOR = "water.surface.good_ratio", "air.pm25.annual", "water.surface.inferior_v_ratio"
COMPARED: dict[str, tuple[str, list[Expected]]] = {
    "优于 is strict": (
        "空气质量优良天数比率优于91.2%。",
        [{"operator": ">=", "value": 91.2, "strict": True, "indicator": "air.aqi.good_days_ratio"}],
    ),
    "低于 is strict": (
        "细颗粒物浓度低于27.4微克/立方米。",
        [{"operator": "<=", "value": 27.4, "strict": True, "indicator": PM25}],
    ),
    "超过 is strict": ("再生水利用率超过32%。", [{"operator": ">=", "value": 32.0, "strict": True}]),
    "达到 is at least": ("森林覆盖率达到42.6%。", [{"operator": ">=", "value": 42.6, "strict": False}]),
    "以上": ("危险废物安全处置率稳定保持在97%以上。", [{"operator": ">=", "value": 97.0}]),
    "保持在": ("湿地保护率稳定保持在52.3%。", [{"operator": "=", "value": 52.3, "unit": "%"}]),
    "不低于": ("秸秆综合利用率不低于93%。", [{"operator": ">=", "value": 93.0, "strict": False}]),
    "控制在…以下": ("劣Ⅴ类水体比例控制在1.4%以下。", [{"operator": "<=", "value": 1.4, "indicator": INFERIOR}]),
    "控制在…左右": ("地表水优良水体比例控制在81%左右。", [{"operator": "approx", "value": 81.0, "indicator": GOOD}]),
    "下降到 is a level": (
        "细颗粒物浓度下降到26微克/立方米以下。",
        [{"operator": "<=", "value": 26.0, "indicator": PM25}],
    ),
    "下降…以上 is a change": (
        "单位地区生产总值二氧化碳排放比2025年下降13%以上。",
        [{"operator": "decrease_by", "bound": ">=", "value": 13.0, "baseline_year": "2025"}],
    ),
    "力争 before the indicator": ("力争森林覆盖率达到42.6%。", [{"soft": True, "value": 42.6}]),
    "争取": ("再生水利用率争取达到33%。", [{"soft": True, "value": 33.0}]),
    "左右 covers its own number": (
        "创建30家左右绿色供应链企业和120家绿色工厂。",
        [{"operator": "approx", "value": 30.0}, {"operator": "=", "value": 120.0}],
    ),
    "a range": (
        "废旧农膜回收率达到84%—87%。",
        [{"value": 84.0, "value_max": 87.0, "value_kind": "range", "unit": "%"}],
    ),
    "下降超过 is strict": (
        "细颗粒物浓度比2025年下降超过16%。",
        [{"operator": "decrease_by", "bound": ">=", "value": 16.0, "strict": True}],
    ),
    "下降不超过 is not strict": (
        "湿地面积比2025年下降不超过1%。",
        [{"operator": "decrease_by", "bound": "<=", "value": 1.0, "strict": False}],
    ),
    "年均下降": (
        "细颗粒物年均下降3%。",
        [{"name": "细颗粒物", "operator": "decrease_by", "value": 3.0, "indicator": PM25, "recurrence": "年均"}],
    ),
    "PM2.5年均下降": (
        "PM2.5年均下降3%。",
        [{"name": "PM2.5", "operator": "decrease_by", "value": 3.0, "indicator": PM25, "recurrence": "年均"}],
    ),
    "the mean of a year falls once": (
        "细颗粒物年均浓度比2025年下降9%。",
        [{"operator": "decrease_by", "value": 9.0, "indicator": PM25, "recurrence": None}],
    ),
    "an order to reduce": (
        "到2028年,每年减少化肥使用量1%。",
        [{"name": "化肥使用量", "operator": "decrease_by", "value": 1.0, "unit": "%", "recurrence": "每年"}],
    ),
    "an order to reduce each": (
        "压减化肥、农药使用量各3%以上。",
        [
            {"name": "化肥使用量", "operator": "decrease_by", "value": 3.0, "bound": ">="},
            {"name": "农药使用量", "operator": "decrease_by", "value": 3.0, "bound": ">="},
        ],
    ),
    "an order to raise by points": (
        "提高再生水利用率3个百分点。",
        [{"operator": "increase_by", "value": 3.0, "unit": "百分点", "indicator": "water.reuse_rate"}],
    ),
    "an order to raise to a level": (
        "提高再生水利用率到33%。",
        [{"operator": ">=", "value": 33.0, "unit": "%", "indicator": "water.reuse_rate"}],
    ),
    "doubling": (
        "充电桩数量比2025年翻一番。",
        [{"operator": "increase_by", "value": 100.0, "unit": "%", "baseline_year": "2025"}],
    ),
    "percentage points": (
        "非化石能源消费比重比2025年提高4个百分点。",
        [{"operator": "increase_by", "value": 4.0, "unit": "百分点", "baseline_year": "2025"}],
    ),
    "in words": ("医疗废物安全处置率保持百分之百。", [{"value": 100.0, "unit": "%"}]),
    "基本消除": (
        "城市建成区黑臭水体基本消除。",
        [{"value": 0.0, "value_kind": "implied", "approx": True, "unit": "条"}],
    ),
    "全部消除": ("劣Ⅴ类水体全部消除。", [{"value": 0.0, "value_kind": "implied", "unit": "%", "indicator": INFERIOR}]),
    "不发生": ("全市不发生重污染天气。", [{"value": 0.0, "value_kind": "implied", "indicator": "air.heavy_days"}]),
    "无填埋": ("城市生活垃圾无填埋。", [{"value": 0.0, "indicator": "solid.msw.landfill_rate"}]),
    "全覆盖": ("固定污染源排污许可全覆盖。", [{"value": 100.0, "unit": "%", "indicator": "gov.permit.coverage"}]),
    "完成下达目标": (
        "氮氧化物重点工程减排量完成省下达目标。",
        [{"value": None, "value_kind": "by_reference", "indicator": "air.nox.project_reduction"}],
    ),
    "达到考核要求": (
        "地下水国控区域点位Ⅴ类水比例达到国家考核要求。",
        [{"value": None, "value_kind": "by_reference", "operator": "<="}],
    ),
    "达到或优于 by reference": (
        "空气质量优良天数比率达到或优于省下达任务要求。",
        [{"value": None, "value_kind": "by_reference", "operator": ">="}],
    ),
    "明显下降": (
        "农药使用量明显下降。",
        [{"value": None, "value_kind": "qualitative", "indicator": "agri.pesticide.use"}],
    ),
    "number before its subject": (
        "60%以上的水利工程要完成生态流量目标核定。",
        [{"operator": ">=", "value": 60.0, "unit": "%", "indicator": "water.ecoflow.project_share"}],
    ),
    "rate before its verb": ("直排海污染源实现100%达标排放。", [{"value": 100.0, "unit": "%"}]),
    "a standard": (
        "细颗粒物年均浓度达到国家二级标准。",
        [{"value": None, "value_kind": "standard_reference", "indicator": PM25}],
    ),
    "a water class": (
        "墨溪入湖口断面水质稳定达到Ⅲ类。",
        [{"value": 3.0, "operator": "<=", "unit": "类", "value_kind": "class"}],
    ),
    "a class in words": ("墨溪出境断面水质达到三类。", [{"value": 3.0, "operator": "<=", "value_kind": "class"}]),
    "Ⅲ类 as a ratio": ("地表水达到或好于Ⅲ类水体比例达到90.5%。", [{"value": 90.5, "indicator": GOOD}]),
    "III类 as a ratio": ("国考断面达到或优于III类比例达到88%。", [{"value": 88.0, "indicator": GOOD}]),
    "Ⅰ-Ⅲ类 as a ratio": ("地表水Ⅰ—Ⅲ类水体比例达到86%。", [{"value": 86.0, "indicator": GOOD}]),
    "劣五类": ("劣五类水体比例控制在2%以内。", [{"value": 2.0, "operator": "<=", "indicator": INFERIOR}]),
    "劣V": ("国考劣V类断面全部消除。", [{"value": 0.0, "value_kind": "implied", "indicator": INFERIOR}]),
    "measured units keep 万": ("新增水土保持造林面积1.6万亩。", [{"value": 1.6, "unit": "万亩"}]),
    "counted units do not": ("完成清洁取暖改造1.6万户。", [{"value": 16_000.0, "unit": "户"}]),
    "减排量 is at least": (
        "化学需氧量重点工程减排量达到1280吨。",
        [{"value": 1280.0, "operator": ">=", "unit": "吨", "indicator": "water.cod.project_reduction"}],
    ),
    "用水总量": ("用水总量控制在6.2亿立方米以内。", [{"value": 6.2, "operator": "<=", "unit": "亿立方米"}]),
    "重污染天数": (
        "重污染天数不超过2天。",
        [{"value": 2.0, "operator": "<=", "unit": "天", "indicator": "air.heavy_days"}],
    ),
}


@pytest.mark.parametrize(("sentence", "expected"), COMPARED.values(), ids=COMPARED.keys())
def test_comparator(sentence: str, expected: list[Expected]) -> None:
    assert pick(goals(sentence), expected) == expected


# --- binding ----------------------------------------------------------------------------------------------------------

BOUND: dict[str, tuple[str, list[Expected]]] = {
    "分别 pairs off": (
        "湿地保护率、森林覆盖率分别达到51.2%和40.7%。",
        [
            {"indicator": "eco.wetland.protect_rate", "value": 51.2},
            {"indicator": "eco.forest.cover", "value": 40.7},
        ],
    ),
    "各 gives each the same": (
        "化肥、农药施用量比2025年各减少6%。",
        [
            {"indicator": "agri.fertilizer.use", "operator": "decrease_by", "value": 6.0, "baseline_year": "2025"},
            {"indicator": "agri.pesticide.use", "operator": "decrease_by", "value": 6.0, "baseline_year": "2025"},
        ],
    ),
    "均": (
        "秸秆综合利用率、畜禽粪污综合利用率均达到91%以上。",
        [
            {"indicator": "agri.straw.util_rate", "operator": ">=", "value": 91.0},
            {"indicator": "agri.manure.util_rate", "operator": ">=", "value": 91.0},
        ],
    ),
    "two indicators without a mark": (
        "主要农作物化肥农药利用率提高到44%以上。",
        [
            {"indicator": "agri.fertilizer.util_rate", "operator": ">=", "value": 44.0},
            {"indicator": "agri.pesticide.util_rate", "operator": ">=", "value": 44.0},
        ],
    ),
    "a tail for both": (
        "单位地区生产总值能耗以及单位地区生产总值用水量下降率达到省下达目标。",
        [
            {"indicator": "energy.intensity.decline", "value_kind": "by_reference"},
            {"indicator": "water.use_per_gdp.decline", "value_kind": "by_reference"},
        ],
    ),
    "two numbers, two indicators": (
        "氮氧化物、挥发性有机物重点工程减排量分别达到420吨和310吨。",
        [
            {"indicator": "air.nox.project_reduction", "value": 420.0, "unit": "吨"},
            {"indicator": "air.voc.project_reduction", "value": 310.0, "unit": "吨"},
        ],
    ),
    "subject around the verb": (
        "全区单位地区生产总值完成省下达能源消耗强度任务。",
        [{"indicator": "energy.intensity.decline", "value_kind": "by_reference"}],
    ),
    "subject in the clause before": (
        "县城生活垃圾无填埋,无害化处置率达到98%。",
        [
            {"indicator": "solid.msw.landfill_rate", "value": 0.0},
            {"indicator": "solid.msw.harmless_rate", "value": 98.0},
        ],
    ),
    "five by one reference": (
        "化学需氧量、氨氮、氮氧化物、挥发性有机物重点工程减排量完成省下达任务。",
        [
            {"indicator": "water.cod.project_reduction", "value_kind": "by_reference"},
            {"indicator": "water.nh3n.project_reduction", "value_kind": "by_reference"},
            {"indicator": "air.nox.project_reduction", "value_kind": "by_reference"},
            {"indicator": "air.voc.project_reduction", "value_kind": "by_reference"},
        ],
    ),
    "two clauses, two subjects": (
        "森林覆盖率达到42%,湿地保护率不低于50%。",
        [
            {"indicator": "eco.forest.cover", "operator": ">=", "value": 42.0},
            {"indicator": "eco.wetland.protect_rate", "operator": ">=", "value": 50.0},
        ],
    ),
    "the nearest date wins": (
        "到2030年,建成绿水长廊85公里。",
        [{"value": 85.0, "due": "2030", "due_source": "explicit"}],
    ),
    "a length that measures a count": ("整治河道7条88.4公里。", [{"value": 7.0, "unit": "条"}]),
    "two dates, two values": (
        "森林覆盖率2027年、2028年分别达到41.1%、41.6%。",
        [{"value": 41.1, "due": "2027"}, {"value": 41.6, "due": "2028"}],
    ),
}


@pytest.mark.parametrize(("sentence", "expected"), BOUND.values(), ids=BOUND.keys())
def test_binding(sentence: str, expected: list[Expected]) -> None:
    assert pick(goals(sentence), expected) == expected


def test_the_object_of_a_task_completed_stands_in_the_clause_before() -> None:
    (found,) = goals("加快淘汰燃煤小锅炉,到2027年,建成区全面完成淘汰任务。")
    assert (found.value, found.value_kind, found.due) == (100.0, "implied", "2027")


def test_a_date_inside_a_measure_wins_over_the_plan() -> None:
    (found,) = goals_in_task("2026年底前,完成18家企业深度治理。")
    assert (found.value, found.unit, found.due) == (18.0, "家", "2026-12")


@pytest.mark.parametrize(
    ("words", "due"),
    [("10月底前", "2027-10"), ("4月底前", "2027-04"), ("年底前", "2027-12"), ("上半年", "2027-06"), ("年内", "2027")],
)
def test_the_title_of_a_yearly_plan_gives_the_year(words: str, due: str) -> None:
    (found,) = goals_in_task(f"{words}完成21个入河排口整治。", title=YEARLY)
    assert (found.value, found.due) == (21.0, due)


def test_a_relative_deadline_is_no_amount() -> None:
    found = goals_in_task("各县区于本方案印发之日起3个月内编制完成实施方案。")
    assert figures(found) == []


def test_the_same_figure_again_is_one_promise_with_two_places() -> None:
    plan = plan_with("到2028年,优良水体比例达到92%。", "推进治理,到2028年,优良水体比例达到92%。")
    (found,) = plan.targets
    assert [place.task for place in found.restated] == [plan.tasks[0].id]


def test_a_soft_figure_beside_a_firm_one_is_reported_not_merged() -> None:
    plan = plan_with("劣Ⅴ类水体比例控制在1.4%以下。", "力争到2028年全面消除劣Ⅴ类水体。")
    assert [(t.value, t.soft) for t in plan.targets] == [(1.4, False), (0.0, True)]
    assert [g.kind for g in plan.gaps if len(g.items) == 2] == ["contradiction"]


def test_a_count_for_each_region() -> None:
    (found,) = goals_in_task("每个县区每年查办典型案件不少于3起。")
    assert (found.operator, found.value, found.unit) == (">=", 3.0, "起")
    assert found.recurrence is not None


def test_a_city_with_the_name_of_its_province() -> None:
    title = "吉林省清洁取暖行动计划(2026—2028年)"
    plan = plan_with("到2028年,优良水体比例达到92%。", "到2027年,松花江流域优良水体比例达到85%。", title)
    assert plan.plan.region == "220000"
    assert plan.targets[0].region == "220000"


# --- damage, end to end -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "value", "unit", "indicator"),
    [
        pytest.param("细颗粒物浓度低于27.4ugm3。", 27.4, "µg/m3", PM25, id="unit"),
        pytest.param("优良水体比例达到88.6%o推进治理。", 88.6, "%", GOOD, id="full stop"),
        pytest.param("达到或好于In类水体比例达到88.6%。", 88.6, "%", GOOD, id="Ⅲ read as In"),
        pytest.param("优良水体\n— 3 —\n比例达到88.6%。", 88.6, "%", GOOD, id="page mark in a name"),
        pytest.param("到 2027 年,优良水体 比例达到 88.6 %。", 88.6, "%", GOOD, id="characters set apart"),
    ],
)
def test_damage_does_not_change_the_figure(sentence: str, value: float, unit: str, indicator: str) -> None:
    (found,) = goals(sentence)
    assert (found.value, found.unit, found.indicator) == (value, unit, indicator)


def test_the_quote_is_printed_as_issued() -> None:
    text = "青屿市净水方案\n一、主要目标\n到２０２７年，优良水体 比例达到８８％。"
    (found,) = compiled(text).targets
    assert found.quote == text[found.start : found.end] == "优良水体 比例达到８８％"


def test_traditional_characters_compile_like_simplified_ones() -> None:
    text = "青嶼市環境保護行動計劃\n一、主要目標\n到2027年，細顆粒物濃度達到28微克/立方米以下，優良水體比例達到90%。"
    assert [(t.indicator, t.value, t.due) for t in compiled(text).targets] == [
        (PM25, 28.0, "2027"),
        (GOOD, 90.0, "2027"),
    ]


def test_redacted_names_are_names() -> None:
    plan = compiled("XX市净水方案\n一、任务\n(一)治理X河。XX湾优良水体比例达到88%(XX市XX局牵头)。")
    assert plan.tasks[0].leads == ["XX市XX局"]
    assert [t.value for t in plan.targets] == [88.0]
