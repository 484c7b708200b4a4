"""Pages and their states: how each is reached, and what must be seen there. Data for ``test_states``."""

from __future__ import annotations

from dataclasses import dataclass

STATES = ("empty", "partial", "forbidden", "error")
CITY = "region=990100&as_of=2026-03-31"


@dataclass(frozen=True)
class Page:
    """A page that has something on it: for whom, where, the main thing on it, and the file that can be taken away."""

    who: str
    address: str
    main: str  # selector of what a phone must show
    export: str = ""  # address of its file
    holds: str = ""  # what is written in the file


@dataclass(frozen=True)
class State:
    """A page in a state: in which site, as whom, what is done there, and what is seen afterwards."""

    page: str
    state: str
    who: str
    address: str
    sees: str
    site: str = "city"
    status: int = 200
    does: tuple[tuple[str, ...], ...] = ()  # (what, selector, value…)
    not_sees: str = ""


COMPARED = "/plans/water/compare/?old=v1&new=v2"
T1, T2, T4 = "/targets/qinghe/t1/", "/targets/qinghe/t2/", "/targets/qinghe/t4/"

PAGES = {
    "board": Page("plan_office", f"/?{CITY}", "tbody tr", f"/targets/board.xlsx?{CITY}", "森林覆盖率"),
    "target": Page("plan_office", f"{T1}?{CITY}", ".standing .figure", f"{T1}chart/trajectory.svg?{CITY}", "PM2.5"),
    "raw data": Page("plan_office", f"{T1}data/?{CITY}", "tbody tr td.number", f"{T1}data.csv?{CITY}", "2026-01-01 35"),
    "public board": Page("public", "/public/", "tbody tr", "/public/board.json", "森林覆盖率"),
    "plans": Page("plan_office", "/plans/", "tbody tr"),
    "upload": Page("plan_office", "/plans/upload/", "#id_document"),
    "review": Page("plan_office", "plans:review", "#lists li.item", "plans:draft_xlsx", "优良天数比率"),
    "versions": Page("plan_office", "plans:version", "ol.plain-list li", "plans:version_json", "优良天数比率"),
    "comparison": Page(
        "plan_office",
        "/plans/water/compare/?old=v1&new=v2",
        ".difference li",
        "/plans/water/compare/?old=v1&new=v2&format=json",
        "优良天数比率",
    ),
    "publishing": Page("plan_office", "plans:publish", "#id_note"),
    "entries and closings": Page("plan_office", f"{T2}?{CITY}", "#closings tbody tr"),
    "units": Page("plan_office", "/units/", "tbody tr", "/units/units.xlsx", "赵联系"),
    "unit": Page("plan_office", "people:unit", "main section"),
    "users": Page("administrator", "/administration/users/", "tbody tr", "/administration/users/users.xlsx", "officer"),
    "regions": Page(
        "administrator", "/administration/regions/?q=清河", "tbody tr", "/administration/regions.csv", "清河市"
    ),
    "settings": Page("administrator", "/administration/settings/", "tbody tr"),
    "audit log": Page("administrator", "/audit/", "tbody tr", "/audit/export/", "plan.publish"),
    "jobs": Page("plan_office", "/jobs/", "tbody tr"),
    "log-in": Page("public", "/account/login/", "main [name=username]"),
}

WRONG_TYPE = ("file", "#id_document", "规划.docx", "PK no document at all")
SAVE = ("click", "main form:not(.filters) .button.main")

ROWS = (
    State("board", "empty", "plan_office", "/", "还没有发布的规划", site="bare"),
    State("board", "empty", "plan_office", f"/?{CITY}&due=past", "没有符合条件的目标"),
    State("board", "partial", "plan_office", "/?region=990100&as_of=2024-06-30", "没有"),
    State("board", "forbidden", "newcomer", "/board/", "您不能看这个页面", status=403),
    State("board", "forbidden", "officer", "/?region=990103", "没有这个页面", status=404),
    State("board", "error", "plan_office", "/?as_of=nonsense", "认不出"),
    State("target", "empty", "plan_office", f"{T4}?{CITY}", "没有与“管网”对应的指标"),
    State("target", "partial", "plan_office", f"{T1}?{CITY}", "往年数据不足"),
    State("target", "forbidden", "officer", f"{T1}?region=990103", "这个目标不归您的账号看", status=404),
    State("target", "error", "plan_office", "/targets/qinghe/no-such/", "没有这个页面", status=404),
    State("target", "error", "plan_office", f"{T1}?as_of=1900-01-01", "只能看今天和过去的日子"),
    State("raw data", "empty", "plan_office", f"{T4}data/?{CITY}", "这个数背后没有原始数据"),
    State("raw data", "partial", "plan_office", f"{T1}data/?{CITY}&day=2020-01-01", "没有这样的数据"),
    State("raw data", "forbidden", "officer", f"{T1}data/?region=990103", "没有这个页面", status=404),
    State("raw data", "error", "plan_office", f"{T1}data/value/?{CITY}&time=x", "没有这个页面", status=404),
    State("public board", "empty", "public", "/public/", "还没有发布的规划", site="bare"),
    State("public board", "partial", "public", "/public/?q=管网", "没有与“管网”对应的指标"),
    State("public board", "forbidden", "public", f"{T1}?{CITY}", "登录"),
    State("public board", "error", "public", "/public/?as_of=2021-12-30", "公众版有最近 31 天"),
    State("plans", "empty", "plan_office", "/plans/", "上传一份规划文件", site="bare"),
    State("plans", "empty", "public", "/plans/", "还没有公布的规划", site="bare"),
    State("plans", "partial", "plan_office", "/plans/unread/", "还没有读成"),
    State("plans", "forbidden", "public", "/plans/unread/", "没有这个页面", status=404),
    State("plans", "error", "plan_office", "/plans/?q=不存在的", "没有找到"),
    State("upload", "empty", "plan_office", "/plans/upload/", "必填", does=(SAVE,)),
    State("upload", "partial", "plan_office", "people:profile", "排队中", does=(("go", "jobs:job"),)),
    State("upload", "forbidden", "officer", "/plans/upload/", "您不能看这个页面", status=403),
    State("upload", "error", "plan_office", "/plans/upload/", "docx", does=(WRONG_TYPE, SAVE)),
    State("review", "empty", "plan_office", "empty_draft", "这张清单是空的"),
    State("review", "partial", "plan_office", "new_draft", "已核对 0 / 12"),
    State("review", "partial", "plan_office", "plans:review", "沿用上一版的核对"),
    State("review", "forbidden", "officer", "plans:review", "您不能看这个页面", status=403),
    State("review", "forbidden", "other_plan_office", "plans:review", "没有这个页面", status=404),
    State("review", "error", "plan_office", "/plans/drafts/9999/", "没有这个页面", status=404),
    State("review", "error", "plan_office", "/plans/drafts/2/", "只能看"),
    State("versions", "empty", "plan_office", "/plans/empty/", "还没有发布"),
    State("versions", "empty", "plan_office", "plans:version?list=gaps", "缺口"),
    State("versions", "partial", "plan_office", "/plans/versions/1/", "这不是现行版本"),
    State("versions", "forbidden", "public", "/plans/empty/", "没有这个页面", status=404),
    State("versions", "error", "plan_office", "/plans/versions/9999/", "没有这个页面", status=404),
    State("comparison", "empty", "public", "/plans/qinghe/compare/", "还没有可以比较的两个版本"),
    State("comparison", "partial", "plan_office", "/plans/water/compare/?old=v1&new=v1", "没有差别"),
    State("comparison", "forbidden", "public", "/plans/empty/compare/", "没有这个页面", status=404),
    State("comparison", "error", "plan_office", "/plans/water/compare/?old=v7&new=v9", "没有这个页面", status=404),
    State("publishing", "empty", "plan_office", "empty_draft", "没有目标也没有任务",
          does=(("go", "empty_publish"), SAVE)),
    State("publishing", "partial", "plan_office", "plans:publish", "与第 2 版相比改了 2 项"),
    State("publishing", "forbidden", "officer", "plans:publish", "您不能看这个页面", status=403),
    State("publishing", "error", "plan_office", "new_publish", "还有", does=(SAVE,)),
    State("entries and closings", "empty", "plan_office", f"{T4}?{CITY}", "还没有结过账"),
    State("entries and closings", "partial", "plan_office", f"{T1}?{CITY}", "重新打开"),
    State("entries and closings", "partial", "plan_office", f"{T2}?{CITY}", "结账以后有更正"),
    State("entries and closings", "forbidden", "leader", f"{T2}?{CITY}", "结账", not_sees="填报一项"),
    State("entries and closings", "error", "plan_office", f"{T4}?{CITY}", "理由",
          does=(("click", "#entries summary"), ("click", "#entries .button.main"))),
    State("units", "empty", "plan_office", "/units/", "还没有单位", site="bare"),
    State("units", "partial", "plan_office", "/units/?state=ended", "并入市局"),
    State("units", "forbidden", "public", "/units/", "登录"),
    State("units", "error", "plan_office", "/units/new/", "必填", does=(SAVE,)),
    State("unit", "empty", "plan_office", "idle_unit", "还没有登记"),
    State("unit", "partial", "plan_office", "people:unit", "并入的单位"),
    State("unit", "forbidden", "public", "people:unit", "登录"),
    State("unit", "error", "plan_office", "/units/9999/", "没有这个页面", status=404),
    State("users", "empty", "administrator", "/administration/users/?q=zzzz", "没有符合条件的用户"),
    State("users", "partial", "administrator", "/administration/users/?q=newcomer", "没有角色"),
    State("users", "forbidden", "plan_office", "/administration/users/", "您不能看这个页面", status=403),
    State("users", "error", "administrator", "/administration/users/new/", "必填", does=(SAVE,)),
    State("regions", "empty", "administrator", "/administration/regions/?q=zzzz", "没有"),
    State("regions", "partial", "administrator", "/administration/regions/990121/", "—"),
    State("regions", "forbidden", "plan_office", "/administration/regions/", "您不能看这个页面", status=403),
    State("regions", "error", "administrator", "/administration/regions/990100/add/", "必填", does=(SAVE,)),
    State("settings", "empty", "administrator", "/administration/settings/", "还没有数据", site="bare"),
    State("settings", "partial", "administrator", "/administration/settings/", "数据湖"),
    State("settings", "forbidden", "plan_office", "/administration/settings/", "您不能看这个页面", status=403),
    State("settings", "error", "administrator", "/administration/settings/", "有任务在等，一分钟以上没有进程来做"),
    State("audit log", "empty", "administrator", "/audit/?action=no.such", "没有符合条件的记录"),
    State("audit log", "partial", "city_administrator", "/audit/?action=plan.publish", "plan.publish"),
    State("audit log", "forbidden", "plan_office", "/audit/", "您不能看这个页面", status=403),
    State("audit log", "error", "administrator", "/audit/?since=nonsense", "日期"),
    State("jobs", "empty", "plan_office", "/jobs/", "还没有后台任务", site="bare"),
    State("jobs", "partial", "plan_office", "jobs:job", "排队中"),
    State("jobs", "forbidden", "officer", "jobs:job", "没有这个页面", status=404),
    State("jobs", "error", "plan_office", "failed_job", "文件已加密"),
    State("log-in", "empty", "public", "/account/login/", "忘了密码"),
    State("log-in", "partial", "public", "/account/login/?next=/units/", "登录"),
    State("log-in", "error", "public", "/account/login/", "密码",
          does=(("fill", "main [name=username]", "leader"), ("fill", "main [name=password]", "wrong"), SAVE)),
    State("log-in", "forbidden", "public", "/account/login/", "账号暂时锁住了",
          does=(("fill", "main [name=username]", "nobody"), ("fill", "main [name=password]", "wrong"), SAVE) * 5),
)  # fmt: skip

# Pages from which nothing can be taken away, and why.
WITHOUT_EXPORT = {
    "plans": "its plans are taken away one by one",
    "upload": "a form",
    "publishing": "a form; what it publishes is on the page of the version",
    "entries and closings": "parts of the page of a target; the board's workbook holds what they make of it",
    "unit": "its row is in the file of the units, its targets are in that of the board, filtered by it",
    "settings": "what the site runs with stands in its environment",
    "jobs": "a job is of use while it runs",
    "log-in": "a form",
}
