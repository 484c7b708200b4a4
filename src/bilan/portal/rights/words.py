"""The words of the rights table: roles, objects with the actions that make sense on them, scopes.

An app that brings a new object adds its line here and its rows to ``rights.csv``.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PUBLIC = "public"  # nobody needs to be logged in, so everybody has this role
SIGNED_IN = "signed_in"  # anybody who is logged in, with or without another role

# Roles that are given to people.
ROLES = {
    "administrator": _("系统管理员"),
    "plan_office": _("规划办"),
    "officer": _("区县（部门）经办人"),
    "analyst": _("分析员"),
    "leader": _("领导"),
}
ALL_ROLES = (*ROLES, SIGNED_IN, PUBLIC)

SCOPES = {
    "all": _("全部"),
    "region": _("本地区及下级"),
    "unit": _("本单位"),
    "own": _("本人"),
    "public": _("已公开的"),
}

ACTIONS = {
    "read": _("查看"),
    "create": _("新建"),
    "change": _("修改"),
    "delete": _("删除"),
    "export": _("导出"),
    "publish": _("发布"),
    "approve": _("批准"),
    "reopen": _("重新打开"),
    "cancel": _("取消"),
    "retry": _("重试"),
}

# object -> its name and its actions
OBJECTS = {
    "site": (_("首页"), ("read",)),
    "session": (_("登录"), ("create", "delete")),
    "account": (_("个人账号"), ("change",)),
    "public_board": (_("公开看板"), ("read", "export")),
    "board": (_("看板"), ("read", "export")),
    "plan": (_("计划"), ("read", "create", "delete", "publish", "export")),
    "draft": (_("审核稿"), ("read", "create", "change", "delete", "export")),
    "target": (_("目标"), ("read",)),
    "figure": (_("数值及其依据"), ("read", "export")),
    "task": (_("任务"), ("read",)),
    "entry": (_("填报"), ("read", "create")),
    "note": (_("备注"), ("read", "create")),
    "judgement": (_("评判"), ("create",)),
    "closing": (_("结账"), ("read", "approve", "reopen")),
    "file": (_("文件"), ("read",)),
    "job": (_("后台任务"), ("read", "create", "cancel", "retry")),
    "region": (_("地区"), ("read", "create", "change")),
    "unit": (_("单位"), ("read", "create", "change", "export")),
    "person": (_("人员"), ("read", "create", "change", "export")),
    "user": (_("用户"), ("read", "create", "change", "export")),
    "role": (_("角色"), ("read", "create", "change")),
    "setting": (_("设置"), ("read", "change")),
    "audit": (_("操作日志"), ("read", "export")),
}
