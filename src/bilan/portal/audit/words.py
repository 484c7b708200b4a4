"""What was done, in words: the codes that stand in the log for good, by what they were done to."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, str | Promise] = {
    "session.login": _("登录"),
    "session.logout": _("退出"),
    "session.failed": _("登录失败"),
    "session.locked": _("登录被锁定"),
    "plan.create": _("新建计划"),
    "plan.publish": _("发布计划版本"),
    "plan.drop": _("丢弃计划"),
    "plan.withdraw": _("撤回计划"),
    "plan.put_back": _("恢复计划"),
    "plan.export": _("下载计划版本"),
    "file.create": _("上传文件"),
    "file.export": _("下载文件"),
    "file.sweep": _("清理没有用处的文件"),
    "draft.compile": _("编译文件"),
    "draft.confirm": _("确认条目"),
    "draft.correct": _("修改条目"),
    "draft.reject": _("剔除条目"),
    "draft.restore": _("恢复条目"),
    "draft.add": _("补充条目"),
    "draft.undo": _("撤销一步"),
    "draft.redo": _("重做一步"),
    "draft.import": _("导入工作簿"),
    "draft.export": _("下载审核稿"),
    "draft.revise": _("开始修订"),
    "draft.continue": _("转到新版本上接着核对"),
    "draft.discard": _("放弃审核稿"),
    "document.aside": _("放弃上传的文件"),
    "entry.create": _("提交填报"),
    "note.create": _("写备注"),
    "closing.approve": _("结账"),
    "closing.reopen": _("重新打开"),
    "board.export": _("下载看板"),
    "figure.export": _("下载原始值"),
    "unit.create": _("新建单位"),
    "unit.change": _("修改单位"),
    "unit.rename": _("单位更名"),
    "unit.correct_name": _("改正单位名称"),
    "unit.merge": _("单位并入"),
    "unit.end": _("撤销单位"),
    "unit.restore": _("恢复单位"),
    "unit.written": _("计划里的写法归到单位"),
    "unit.written_no_more": _("计划里的写法不再归到单位"),
    "unit.export": _("下载单位名单"),
    "person.create": _("新建联系人"),
    "person.change": _("修改联系人"),
    "person.end": _("联系人离任"),
    "user.create": _("新建用户"),
    "user.change": _("修改用户"),
    "user.password": _("换密码"),
    "user.activate": _("启用用户"),
    "user.deactivate": _("停用用户"),
    "user.unlock": _("解除登录锁定"),
    "user.export": _("下载用户名单"),
    "role.create": _("授予角色"),
    "role.change": _("修改角色"),
    "role.end": _("终止角色"),
    "region.create": _("新建地区"),
    "region.change": _("修改地区"),
    "region.export": _("下载地区表"),
    "job.start": _("开始后台任务"),
    "job.retry": _("重试后台任务"),
    "job.done": _("后台任务完成"),
    "job.failed": _("后台任务失败"),
    "job.cancelled": _("取消后台任务"),
    "job.lost": _("后台任务中断"),
    "audit.export": _("下载操作日志"),
}

CHOICES = (("", _("全部")), *ACTIONS.items())  # what the log can be asked for


_UNSEEN_OBJECTS = frozenset({"session", "job", "file", "document", "draft", "person"})
_UNSEEN_ACTIONS = frozenset({"export", "password", "unlock"})


def changes_pages(action: str) -> bool:
    """Whether what was done changes what boards and targets show, or to whom: no log-in, download, upload or job does.

    >>> changes_pages("session.login"), changes_pages("board.export"), changes_pages("unit.rename")
    (False, False, True)
    """
    object_, _dot, done = action.partition(".")
    return object_ not in _UNSEEN_OBJECTS and done not in _UNSEEN_ACTIONS
