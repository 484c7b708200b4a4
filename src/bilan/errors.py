"""The one exception family that a person is meant to read."""

from __future__ import annotations

import errno

_REASONS = {
    errno.ENOENT: "没有这个文件",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已有同名的文件或文件夹",
    errno.EROFS: "所在的磁盘只读",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.ENAMETOOLONG: "文件名过长",
    errno.ELOOP: "符号链接成环",
    errno.EMFILE: "打开的文件过多",
}


class BilanError(Exception):
    """Something outside the program is wrong; the message is one line that names the place and what was expected.

    Every room derives its own errors from this class. The command line prints the message and exits with 1; anything
    else that is raised is a defect: one line and exit code 70, its traceback only with ``BILAN_DEBUG=1``.
    """


class FileError(BilanError):
    """A file cannot be read or written."""


def os_reason(error: OSError) -> str:
    """Return in Chinese why the operating system refused, in its own words where none of ours fit.

    >>> os_reason(PermissionError(13, "Permission denied"))
    '没有权限'
    """
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)
