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
    does: tuple[tuple[str, ...], ...] = ()  # (what, selector, value…); what is seen is not there before
    not_sees: str = ""
    at: str = "main"  # selector of where it is seen


@dataclass(frozen=True)
class Form:
    """A page that is a form: who may open it, where, who may not, and what is wrong with it after what is done."""

    who: str
    address: str
    does: tuple[tuple[str, ...], ...] = ()
    sees: str = "这个字段是必填项。"
    refused: str = "officer"


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
    "public target": Page(
        "public", "/public/qinghe/t1/", ".standing .figure", "/public/qinghe/t1/chart/trajectory.svg", "PM2.5"
    ),
    "raw value": Page("plan_office", "board:value", "main .panel b"),
    "plan": Page("plan_office", "/plans/water/", "tbody tr", "/plans/versions/2/plan.json", "优良天数比率"),
    "review history": Page("plan_office", "plans:history", "tbody tr", "plans:history_csv", "国考断面水质优良比例"),
    "import": Page("plan_office", "plans:import", "#id_workbook", "plans:draft_xlsx", "优良天数比率"),
    "job": Page("plan_office", "done_job", ".note.good"),
    "user": Page("administrator", "people:user", "tbody tr"),
    "region": Page("administrator", "people:region", "main dl"),
    "unit names": Page("plan_office", "people:matching", "td select"),
    "profile": Page("plan_office", "people:profile", "main [name=name]"),
    "password": Page("plan_office", "people:password", "main [name=old_password]"),
    "administration": Page("administrator", "people:administration", "main .concerns li"),
}

VALUE = "data/value/?region=990102&station=s2&parameter=a34004&time=2026-01-01T01:00%2B08:00"
WRONG_BOOK = ("file", "#id_workbook", "规划.xlsx", "PK no workbook at all")
WRONG_TYPE = ("file", "#id_document", "规划.docx", "PK no document at all")
SAVE = ("click", "main form:not(.filters) .buttons button")
LOG_IN = "忘了密码，请找本单位的系统管理员重设。"  # stands on the page that asks who one is
REQUIRED, SUMMARY = "这个字段是必填项。", ".error-summary"
WRONG_LOG_IN = (("fill", "main [name=username]", "leader"), ("fill", "main [name=password]", "wrong"), SAVE)

FORMS = {
    "new unit": Form("plan_office", "people:unit_new"),
    "unit's name": Form("plan_office", "people:unit_rename"),
    "unit's end": Form("plan_office", "people:unit_merge", (("fill", "main [name=on]", ""),)),
    "new contact": Form("plan_office", "people:contact_new"),
    "contact": Form("plan_office", "people:contact_edit", (("fill", "main [name=name]", ""),)),
    "new user": Form("administrator", "people:user_new", refused="plan_office"),
    "changed user": Form("administrator", "people:user_edit", (("fill", "main [name=name]", ""),), refused="officer"),
    "new role": Form("administrator", "people:role_new", (("fill", "main [name=valid_from]", ""),)),
    "days of a role": Form("administrator", "people:role_edit", (("fill", "main [name=valid_from]", ""),)),
    "new region": Form("administrator", "people:region_new"),
    "changed region": Form("administrator", "people:region_edit", (("fill", "main [name=name]", ""),)),
    "changed item": Form("plan_office", "plans:edit", (("fill", "main [name=name]", ""),)),
    "new item": Form("plan_office", "plans:add"),
    "file of a plan": Form("plan_office", "plans:upload_to"),
}
PAGES |= {name: Page(one.who, one.address, "main form .field") for name, one in FORMS.items()}
PAGES["changed unit"] = Page("plan_office", "people:unit_edit", "main form .field")

ROWS = (
    State("board", "empty", "plan_office", "/", "还没有发布的规划", site="bare"),
    State("board", "empty", "plan_office", f"/?{CITY}&due=past", "没有符合条件的目标"),
    State("board", "partial", "plan_office", "/?region=990100&as_of=2024-06-30", "2024年6月30日规划还没有印发"),
    State("board", "forbidden", "newcomer", "/board/", "您不能看这个页面", status=403),
    State("board", "forbidden", "officer", "/?region=990103", "没有这个页面", status=404),
    State("board", "error", "plan_office", "/?as_of=nonsense", "认不出"),
    State("board", "error", "plan_office", f"/?{CITY}", "数据和填报都没有丢", site="broken", status=503),
    State("target", "empty", "plan_office", f"{T4}?{CITY}", "没有与“管网”对应的指标"),
    State("target", "partial", "plan_office", f"{T1}?{CITY}", "往年数据不足"),
    State("target", "forbidden", "officer", f"{T1}?region=990103", "这个目标不归您的账号看", status=404),
    State("target", "error", "plan_office", "/targets/qinghe/no-such/", "没有这个页面", status=404),
    State("target", "error", "plan_office", f"{T1}?as_of=1900-01-01", "2000年1月1日以前没有看板"),
    State("target", "error", "plan_office", f"{T1}?{CITY}", "没有算出来", site="broken", status=503),
    State("raw data", "empty", "plan_office", f"{T4}data/?{CITY}", "这个数背后没有原始数据"),
    State("raw data", "empty", "plan_office", f"{T1}data/?{CITY}&day=2020-01-01", "没有这样的数据"),
    State("raw data", "partial", "plan_office", f"{T2}data/?{CITY}", "林业年报 市林业局", not_sees="逐时"),
    State("raw data", "forbidden", "officer", f"{T1}data/?region=990103", "没有这个页面", status=404),
    State("raw data", "error", "plan_office", f"{T1}data/value/?{CITY}&time=x", "没有这个页面", status=404),
    State("public board", "empty", "public", "/public/", "还没有发布的规划", site="bare"),
    State("public board", "partial", "public", "/public/?q=管网", "第 1～1 项，共 1 项"),
    State("public board", "forbidden", "public", f"{T1}?{CITY}", LOG_IN),
    State("public board", "error", "public", "/public/?as_of=2021-12-30", "公众版有最近 31 天"),
    State("public board", "error", "public", "/public/", "没有算出来", site="broken", status=503),
    State("plans", "empty", "plan_office", "/plans/", "上传一份规划文件", site="bare"),
    State("plans", "empty", "public", "/plans/", "还没有公布的规划", site="bare"),
    State("plans", "partial", "plan_office", "/plans/unread/", "还没有读成"),
    State("plans", "forbidden", "public", "/plans/unread/", "没有这个页面", status=404),
    State("plans", "error", "plan_office", "/plans/?q=不存在的", "没有找到"),
    State("upload", "empty", "plan_office", "/plans/upload/", REQUIRED, at=SUMMARY, does=(SAVE,)),
    State("upload", "partial", "plan_office", "/plans/upload/", "规划.docx", does=(WRONG_TYPE,)),
    State("upload", "forbidden", "officer", "/plans/upload/", "您不能看这个页面", status=403),
    State("upload", "error", "plan_office", "/plans/upload/", "文件名以 .docx 结尾，内容却是“纯文本”。", at=SUMMARY,
          does=(WRONG_TYPE, SAVE)),
    State("review", "empty", "plan_office", "empty_draft", "这张清单是空的"),
    State("review", "partial", "plan_office", "new_draft", "已核对 0 / 12"),
    State("review", "partial", "plan_office", "plans:review", "沿用上一版的核对"),
    State("review", "forbidden", "officer", "plans:review", "您不能看这个页面", status=403),
    State("review", "forbidden", "other_plan_office", "plans:review", "没有这个页面", status=404),
    State("review", "error", "plan_office", "/plans/drafts/9999/", "没有这个页面", status=404),
    State("review", "error", "plan_office", "/plans/drafts/2/", "只能看"),
    State("versions", "empty", "plan_office", "/plans/versions/3/?list=measures", "这份规划没有这一类条目。"),
    State("versions", "empty", "plan_office", "plans:version?q=zzzz", "这张清单里没有这些字。"),
    State("versions", "partial", "plan_office", "/plans/versions/1/", "这不是现行版本"),
    State("versions", "forbidden", "public", "plans:version?list=gaps", "内容版本号", not_sees="缺口"),
    State("versions", "error", "plan_office", "/plans/versions/9999/", "没有这个页面", status=404),
    State("comparison", "empty", "public", "/plans/qinghe/compare/", "还没有可以比较的两个版本"),
    State("comparison", "empty", "plan_office", "/plans/water/compare/?old=v1&new=v1", "没有差别"),
    State("comparison", "partial", "plan_office", "/plans/water/compare/?old=v2&new=draft-4", "国考断面水质优良比例",
          at=".difference .went"),
    State("comparison", "forbidden", "public", "/plans/empty/compare/", "没有这个页面", status=404),
    State("comparison", "error", "plan_office", "/plans/water/compare/?old=v7&new=v9", "没有这个页面", status=404),
    State("publishing", "empty", "plan_office", "empty_publish", "没有目标也没有任务"),
    State("publishing", "partial", "plan_office", "plans:publish", "与第 2 版相比改了 2 项"),
    State("publishing", "forbidden", "officer", "plans:publish", "您不能看这个页面", status=403),
    State("publishing", "error", "plan_office", "new_publish", REQUIRED, at=SUMMARY, does=(SAVE,)),
    State("entries and closings", "empty", "plan_office", f"{T4}?{CITY}", "还没有结过账"),
    State("entries and closings", "partial", "plan_office", f"{T1}?{CITY}", "数据有误"),
    State("entries and closings", "partial", "plan_office", f"{T2}?{CITY}", "结账以后有更正"),
    State("entries and closings", "forbidden", "leader", f"{T2}?{CITY}", "结账", not_sees="填报一项"),
    State("entries and closings", "error", "plan_office", f"{T4}?{CITY}",
          "理由或依据：这个字段是必填项。", at=SUMMARY,
          does=(("click", "#entries summary"), ("click", "#entries .button.main"))),
    State("units", "empty", "plan_office", "/units/", "还没有单位", site="bare"),
    State("units", "partial", "plan_office", "/units/?state=ended", "并入市局"),
    State("units", "forbidden", "public", "/units/", LOG_IN),
    State("units", "empty", "plan_office", "/units/?q=zzzz", "没有符合条件的单位"),
    State("units", "error", "plan_office", "/units/?page=99", "没有这个页面", status=404),
    State("unit", "empty", "plan_office", "idle_unit", "还没有登记"),
    State("unit", "partial", "plan_office", "people:unit", "并入的单位"),
    State("unit", "forbidden", "public", "people:unit", LOG_IN),
    State("unit", "error", "plan_office", "/units/9999/", "没有这个页面", status=404),
    State("unit", "error", "plan_office", "people:unit", "网站出了错", site="broken", status=500),
    State("users", "empty", "administrator", "/administration/users/?q=zzzz", "没有符合条件的用户"),
    State("users", "partial", "administrator", "/administration/users/?q=newcomer", "第 1～1 项，共 1 项"),
    State("users", "forbidden", "plan_office", "/administration/users/", "您不能看这个页面", status=403),
    State("users", "error", "administrator", "/administration/users/?page=99", "没有这个页面", status=404),
    State("regions", "empty", "administrator", "/administration/regions/?q=zzzz", "没有找到地区"),
    State("regions", "partial", "administrator", "/administration/regions/",
          "列出有单位、用户或规划的地区和它们的上级"),
    State("regions", "forbidden", "plan_office", "/administration/regions/", "您不能看这个页面", status=403),
    State("settings", "empty", "administrator", "/administration/settings/", "还没有数据", site="bare"),
    State("settings", "partial", "administrator", "/administration/settings/",
          "没有任务在等；要确认进程在运行，请检查一次。", site="bare"),
    State("settings", "forbidden", "plan_office", "/administration/settings/", "您不能看这个页面", status=403),
    State("settings", "error", "administrator", "/administration/settings/", "有任务在等，一分钟以上没有进程来做"),
    State("audit log", "empty", "administrator", "/audit/?action=no.such", "没有符合条件的记录"),
    State("audit log", "partial", "city_administrator", "/audit/?action=plan.publish", "第 1～2 项，共 2 项"),
    State("audit log", "forbidden", "plan_office", "/audit/", "您不能看这个页面", status=403),
    State("audit log", "error", "administrator", "/audit/?since=nonsense", "输入一个有效的日期。"),
    State("jobs", "empty", "plan_office", "/jobs/", "还没有后台任务", site="bare"),
    State("jobs", "partial", "plan_office", "/jobs/", "排队中"),
    State("jobs", "forbidden", "officer", "jobs:job", "没有这个页面", status=404),
    State("jobs", "error", "plan_office", "failed_job", "文件已加密"),
    State("log-in", "partial", "public", "/account/login/", "密码", at=".field:has([name=password]:focus:invalid)",
          does=(("fill", "main [name=username]", "leader"), SAVE)),
    State("log-in", "error", "public", "/account/login/", "请输入一个正确的用户名和密码。", at=SUMMARY,
          does=WRONG_LOG_IN),
    State("log-in", "forbidden", "public", "/account/login/", "账号暂时锁住了",
          does=(("fill", "main [name=username]", "nobody"), ("fill", "main [name=password]", "wrong"), SAVE) * 5),
    State("public target", "empty", "public", "/public/qinghe/t4/", "没有与它对应的指标，还没有数"),
    State("public target", "partial", "public", "/public/qinghe/t1/", "往年数据不足"),
    State("public target", "forbidden", "public", "/public/empty/t1/", "没有这个页面", status=404),
    State("public target", "error", "public", "/public/qinghe/no-such/", "没有这个页面", status=404),
    State("public target", "error", "public", "/public/qinghe/t1/", "没有算出来", site="broken", status=503),
    State("raw value", "empty", "plan_office", "board:value?time=2020-01-01", "没有这个页面", status=404),
    State("raw value", "forbidden", "officer", f"{T1}{VALUE}", "没有这个页面", status=404),
    State("raw value", "error", "plan_office", "board:value?time=x", "没有这个页面", status=404),
    State("plan", "empty", "plan_office", "/plans/empty/", "还没有发布过"),
    State("plan", "partial", "plan_office", "/plans/unread/", "“没有读成的文件.txt”还没有读成。"),
    State("plan", "forbidden", "public", "/plans/empty/", "没有这个页面", status=404),
    State("plan", "forbidden", "public", "/plans/water/", "看现行版本", not_sees="上传新的文件"),
    State("plan", "error", "plan_office", "/plans/no-such/", "没有这个页面", status=404),
    State("review history", "empty", "plan_office", "new_draft", "还没有修改", does=(("go", "new_history"),)),
    State("review history", "partial", "plan_office", "plans:history?item=none", "看全部条目的记录"),
    State("review history", "forbidden", "officer", "plans:history", "您不能看这个页面", status=403),
    State("review history", "error", "plan_office", "/plans/drafts/9999/history/", "没有这个页面", status=404),
    State("import", "empty", "plan_office", "plans:import", REQUIRED, at=SUMMARY, does=(SAVE,)),
    State("import", "partial", "plan_office", "plans:import", "规划.xlsx", does=(WRONG_BOOK,)),
    State("import", "forbidden", "officer", "plans:import", "您不能看这个页面", status=403),
    State("import", "error", "plan_office", "plans:import", "改好的工作簿：", at=SUMMARY, does=(WRONG_BOOK, SAVE)),
    State("job", "partial", "plan_office", "jobs:job", "排队中，前面还有 0 项"),
    State("job", "forbidden", "officer", "done_job", "没有这个页面", status=404),
    State("job", "error", "plan_office", "failed_job", "没有完成：文件已加密，请先去掉密码。"),
    State("user", "empty", "administrator", "idle_user", "没有角色的人登录以后只能看自己的账号和单位列表。"),
    State("user", "partial", "administrator", "own_user", "这是您自己：密码在“我的账号”里改"),
    State("user", "forbidden", "plan_office", "people:user", "您不能看这个页面", status=403),
    State("user", "error", "administrator", "/administration/users/9999/", "没有这个页面", status=404),
    State("region", "empty", "administrator", "/administration/regions/990121/", "单位\n—\n下级\n—", at="main dl"),
    State("region", "partial", "administrator", "/administration/regions/own.park/", "简称\n—", at="main dl"),
    State("region", "forbidden", "plan_office", "people:region", "您不能看这个页面", status=403),
    State("region", "error", "administrator", "/administration/regions/999999/", "没有这个页面", status=404),
    State("unit names", "empty", "plan_office", "/units/names/", "还没有发布的规划", site="bare"),
    State("unit names", "partial", "plan_office", "people:matching", "点名的单位都对应上了。"),
    State("unit names", "forbidden", "officer", "people:matching", "您不能看这个页面", status=403),
    State("profile", "empty", "newcomer", "people:profile", "还没有角色"),
    State("profile", "error", "plan_office", "people:profile", "电子邮箱", at=".field:has([name=email]:invalid)",
          does=(("fill", "main [name=email]", "nothing"), SAVE)),
    State("profile", "forbidden", "public", "people:profile", LOG_IN),
    State("password", "error", "plan_office", "people:password", "旧密码：", at=SUMMARY,
          does=(("fill", "main [name=old_password]", "wrong"), ("fill", "main [name=new_password1]", "a-new-Word-1234"),
                ("fill", "main [name=new_password2]", "a-new-Word-1234"), SAVE)),
    State("password", "forbidden", "public", "people:password", LOG_IN),
    State("administration", "empty", "administrator", "/administration/", "没有要处理的", site="bare"),
    State("administration", "partial", "city_administrator", "people:administration", "没有联系人的单位\n3",
          not_sees="没有角色的用户"),
    State("administration", "forbidden", "plan_office", "people:administration", "您不能看这个页面", status=403),
    State("changed unit", "forbidden", "officer", "people:unit_edit", "您不能看这个页面", status=403),
    State("changed unit", "error", "plan_office", "/units/9999/edit/", "没有这个页面", status=404),
)  # fmt: skip
ROWS += tuple(
    row
    for name, one in FORMS.items()
    for row in (
        State(name, "error", one.who, one.address, one.sees, at=SUMMARY, does=(*one.does, SAVE)),
        State(name, "forbidden", one.refused, one.address, "您不能看这个页面", status=403),
    )
)

# States in which a page cannot be, and why.
CANNOT = {
    ("log-in", "empty"): "the browser sends no empty form",
    ("regions", "error"): "what it does not find is an empty list",
    ("raw value", "partial"): "a value is there with its file, line and batch, or it is not there",
    ("job", "empty"): "there is a job or no page",
    ("unit names", "error"): "it offers what there is to choose",
    ("profile", "partial"): "a form; what is not filled in may stay so",
    ("password", "empty"): "the browser sends no empty form",
    ("password", "partial"): "the browser sends no form that is filled in by half",
    ("administration", "error"): "it takes nothing from its reader; faults of others are what it counts",
    **{(name, "empty"): "a form has its fields" for name in (*FORMS, "changed unit")},
    **{(name, "partial"): "a form asks for what it lacks, see its error" for name in (*FORMS, "changed unit")},
}

# Addresses that answer no whole page of their own, and why.
NO_PAGES = {
    **{
        f"board:{name}": "a part of a page"
        for name in ("making", "summary", "public_making", "public_summary", "proof", "public_proof")
    },
    "jobs:part": "a part of a page",
    **{
        name: "a file or a picture"
        for name in (
            *("board:export", "board:public_export", "board:chart", "board:public_chart", "board:data_file"),
            *("people:units_file", "people:users_file", "people:regions_file", "audit:export", "files:download"),
            *("plans:history_csv", "plans:draft_xlsx", "plans:draft_json", "plans:version_xlsx", "plans:version_json"),
        )
    },
    **{f"board:{name}": "the form stands on the page of the target" for name in ("enter", "remark", "close")},
    "board:board": "the board, which is also the front page",
    "board:targets": "the table of the board by itself",
    "style": "only where the site is being developed",
    "style_chart": "only where the site is being developed",
    "people:logout": "takes no visit, only the button",
    "people:user_password": "leads to the page of the user",
}

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
    "raw value": "a line of the file of the raw data",
    "job": "what it made is taken away where it is",
    "user": "a line of the file of the users",
    "region": "a line of the file of the regions",
    "unit names": "what is matched is in the file of the units",
    "profile": "a form",
    "password": "a form",
    "administration": "what it counts has files of its own",
    **dict.fromkeys((*FORMS, "changed unit"), "a form"),
}
