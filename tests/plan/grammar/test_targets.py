"""When a promise is due, what it is compared with, where it holds."""

from __future__ import annotations

import pytest

from ..plans import TITLE, YEARLY, compiled, figures, goals, goals_in_task, plan_with, promised

COVER, WETLAND = "森林覆盖率达到42%", "湿地保护率达到51%"


def dues(sentence: str, *, title: str = TITLE, in_task: bool = False) -> list[tuple[str | None, str | None]]:
    found = (goals_in_task if in_task else goals)(sentence, title=title)
    return [(t.due, t.due_source) for t in found]


def test_a_date_in_the_clause_is_explicit() -> None:
    assert dues(f"2027年底前{COVER}。") == [("2027-12", "explicit")]


def test_a_date_in_the_same_sentence_is_explicit() -> None:
    assert dues("到2030年,建成绿水长廊85公里。") == [("2030", "explicit")]
    assert dues("2026年底前,完成18家企业深度治理。", in_task=True) == [("2026-12", "explicit")]


def test_clauses_inherit_the_date_before_them() -> None:
    assert [due for due, _ in dues(f"到2027年,{COVER},{WETLAND}。")] == ["2027", "2027"]


def test_the_head_of_the_goals_holds_for_the_sentences_after_it() -> None:
    assert dues(f"到2027年,主要目标是:环境质量改善。{COVER}。{WETLAND}。") == [("2027", "section")] * 2


def test_the_head_of_the_goals_holds_for_the_paragraphs_after_it() -> None:
    assert dues(f"到2027年,环境质量改善。\n大气方面:{COVER}。\n水方面:{WETLAND}。") == [("2027", "section")] * 2


def test_a_new_date_replaces_the_old_one() -> None:
    assert [d for d, _ in dues(f"到2026年,{COVER}。到2027年,{WETLAND}。")] == ["2026", "2027"]


def test_the_title_dates_what_the_text_does_not() -> None:
    assert dues(f"{COVER}。") == [("2028", "document")]


def test_a_plan_without_years_leaves_goals_undated() -> None:
    assert dues(f"{COVER}。", title="青屿市净水方案") == [(None, None)]


def test_a_date_in_one_task_says_nothing_about_the_next() -> None:
    text = f"{TITLE}\n一、任务\n1.保护森林。到2026年,{COVER}。\n2.保护湿地。{WETLAND}。"
    assert [t.due for t in promised(compiled(text))] == ["2026", "2028"]


@pytest.mark.parametrize("words", ["每年", "每季度"])
def test_what_recurs_has_no_deadline(words: str) -> None:
    (found,) = goals_in_task(f"{words}开展执法检查不少于4次。")
    assert (found.due, found.due_source, found.recurrence) == (None, "recurring", words)


def test_a_yearly_figure_with_a_deadline_keeps_both() -> None:
    (found,) = goals_in_task("到2028年,每年完成15个行政村环境整治。")
    assert (found.value, found.due, found.recurrence) == (15.0, "2028", "每年")


def test_a_season_over_new_year() -> None:
    (found,) = goals("2026年10月至2027年3月,细颗粒物平均浓度控制在44微克/立方米以下。")
    assert (found.value, found.due) == (44.0, "2026-10/2027-03")


@pytest.mark.parametrize("season", ["秋冬季", "汛期"])
def test_a_season_is_kept(season: str) -> None:
    (found,) = goals(f"到2027年,{season}地表水优良水体比例达到85%。")
    assert found.season == season


@pytest.mark.parametrize(
    ("words", "due", "season"),
    [
        ("2025—2026年秋冬季", "2025-10/2026-03", "秋冬季"),
        ("力争2026—2027年采暖季", "2026-11/2027-03", "采暖季"),
        ("到2027年采暖季", "2027", "采暖季"),
        ("2027年汛期期间", "2027", "汛期"),
    ],
)
def test_a_season_before_a_comma_holds_for_its_sentence(words: str, due: str, season: str) -> None:
    found = goals(f"{words},细颗粒物平均浓度不高于44微克/立方米,重污染天数不超过5天。{COVER}。")
    assert [(t.value, t.due, t.season) for t in found[:2]] == [(44.0, due, season), (5.0, due, season)]
    assert (found[2].value, found[2].season) == (42.0, None)


def test_a_winter_does_not_date_the_next_sentence() -> None:
    assert [due for due, _ in dues(f"2026—2027年秋冬季,重污染天数不超过5天。{COVER}。")] == ["2026-10/2027-03", "2028"]


def test_a_figure_of_the_whole_year_is_none_of_the_season() -> None:
    found = goals("到2027年采暖季,清洁取暖率达到90%,全年优良天数比率达到85%。")
    assert [(t.value, t.season) for t in found] == [(90.0, "采暖季"), (85.0, None)]


@pytest.mark.parametrize("words", ["长期坚持", "长期保持", "常年保持", "长期稳定保持"])
def test_a_standing_duty_takes_no_date_from_the_plan(words: str) -> None:
    assert dues(f"{words}森林覆盖率不低于42%。") == [(None, None)]
    assert dues(f"到2027年,{words}森林覆盖率不低于42%。") == [("2027", "explicit")]
    assert dues(f"到2027年,环境质量改善。{words}森林覆盖率不低于42%。") == [("2027", "section")]


@pytest.mark.parametrize(
    ("words", "indicator"), [("可吸入颗粒物平均浓度", "air.pm10.annual"), ("细颗粒物浓度", "air.pm25.annual")]
)
@pytest.mark.parametrize("every", ["每月", "每季度", "每年"])
def test_what_recurs_is_no_part_of_the_name(every: str, words: str, indicator: str) -> None:
    (found,) = goals(f"{every}{words}不高于80微克/立方米。")
    assert (found.name, found.indicator, found.recurrence) == (words, indicator, every)


def test_a_month_holds_for_its_own_clause_only() -> None:
    found = goals_in_task("10月底前完成18个排口整治。全年修复湿地600亩。", title=YEARLY)
    assert [(t.value, t.due) for t in found] == [(18.0, "2027-10"), (600.0, "2027")]


def test_a_far_goal_is_left_undated() -> None:
    assert dues("从长远看,市区绿色出行比例达到72%以上。", in_task=True) == [(None, None)]


# --- baselines and the past -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "baseline"),
    [
        ("到2028年,化肥使用量比2025年减少6%。", "2025"),
        ("到2028年,化肥使用量较2024年下降6%。", "2024"),
        ("到2028年,化肥使用量在2025年基础上减少6%。", "2025"),
        ("到2028年,化肥使用量比“十四五”末减少6%。", "2025"),
        ("到2028年,化肥使用量同比减少6%。", "2027"),
        ("到2028年,化肥使用量比上年减少6%。", "2027"),
    ],
)
def test_baseline(sentence: str, baseline: str) -> None:
    (found,) = goals(sentence)
    assert (found.operator, found.value, found.baseline_year, found.due) == ("decrease_by", 6.0, baseline, "2028")


def test_a_level_has_no_baseline() -> None:
    assert [t.baseline_year for t in goals(f"到2028年,{COVER}。")] == [None]


@pytest.mark.parametrize(
    "sentence",
    [
        "截至2025年底,森林覆盖率达到41%,湿地保护率达到50%。",
        "“十四五”以来,累计完成排口整治320个。",
        "目前,已建成自动站26座。",
        "已累计完成排口整治320个。",
    ],
)
def test_results_of_the_past_are_no_promises(sentence: str) -> None:
    assert figures(goals_in_task(sentence)) == []


def test_a_promise_after_a_result_is_kept() -> None:
    found = goals_in_task("截至2025年底,已完成排口整治320个。到2027年,完成排口整治450个。")
    assert [(t.value, t.due) for t in found] == [(450.0, "2027")]


def test_a_chapter_on_the_past_holds_no_promise() -> None:
    text = f"{TITLE}\n一、工作基础\n优良水体比例达到90%,完成排口整治320个。\n二、主要目标\n优良水体比例达到92%。"
    assert figures(compiled(text).targets) == [92.0]


# --- kind, task, place ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("森林覆盖率达到42%。", "target"),
        ("建成水质自动站6座。", "task_quantity"),
        ("2027年底前编制完成水环境容量报告。", "milestone"),
    ],
)
def test_kind(sentence: str, kind: str) -> None:
    assert [t.kind for t in plan_with(body=sentence).targets] == [kind]


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("开展清河2016-2020年生态变化调查", "清河2016-2020年生态变化调查"),  # the years are part of the name
        ("2027年底前,编制完成“127”行动报告", "完成“”行动报告"),
    ],
)
def test_no_hidden_character_stays_in_the_name_of_a_milestone(sentence: str, name: str) -> None:
    assert [t.name for t in plan_with(body=f"{sentence}。").targets] == [name]


def test_a_milestone_needs_a_date() -> None:
    assert plan_with(body="编制完成水环境容量报告。").targets == []


def test_targets_know_their_task() -> None:
    plan = plan_with(f"{COVER}。", "到2027年,建成水质自动站6座。")
    assert [t.task for t in plan.targets] == [None, plan.tasks[0].id]


def test_a_title_that_is_a_sentence_is_read() -> None:
    text = f"{TITLE}\n一、任务\n1.加快推进污水处理提质增效,到2027年,城市生活污水集中收集率达到75%。"
    assert [(t.value, t.due) for t in promised(compiled(text))] == [(75.0, "2027")]


@pytest.mark.parametrize(
    ("sentence", "scope"),
    [
        ("墨溪流域优良水体比例达到85%。", "墨溪流域"),
        ("设区市建成区黑臭水体基本消除。", "设区市建成区"),
    ],
)
def test_scope(sentence: str, scope: str) -> None:
    (found,) = goals(sentence)
    assert found.scope == scope


def test_the_demo_city_has_its_id() -> None:
    plan = plan_with(f"{COVER}。", title="清河市碧水蓝天行动计划(2026—2028年)")
    assert plan.targets[0].region == plan.plan.region == "990100"


def test_the_quote_covers_name_and_figure() -> None:
    plan = plan_with(f"到2027年,{COVER},{WETLAND}。")
    assert [t.quote for t in plan.targets] == [COVER, WETLAND]


def test_other_words_for_the_same_figure_are_two_promises() -> None:
    plan = plan_with("到2028年,优良水体比例达到92%。", "到2027年,优良水体比例达到91%。")
    assert [(t.value, len(t.restated)) for t in plan.targets] == [(92.0, 0), (91.0, 0)]
