"""What can be wrong about packets, in words for whoever mends the device, and where the standard says otherwise.

The codes are those of :func:`~bilan.observe.hj212.decoding.examine` and of
:mod:`bilan.observe.hj212.check.report`. A rule
quotes a clause only where it was read or is quoted by others; an empty ``clause`` means that none is known.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "deviation", "doubt", "note"]

# error: the packet is not believed; deviation: the standard says otherwise; doubt: allowed, but hardly meant;
# note: nothing to mend, said because a reader should know.
SEVERITIES: dict[Severity, str] = {"error": "错误", "deviation": "偏离", "doubt": "存疑", "note": "说明"}


class Rule(NamedTuple):
    """What a code means: ``title`` in a few words, ``says`` what the standard says, ``clause`` where."""

    title: str
    severity: Severity
    says: str
    clause: str = ""


_FRAME = "HJ 212-2017 表2；HJ 212-2025 表2"
_HEADER = "HJ 212-2017 表3；HJ 212-2025 表3"
_GRAMMAR = "HJ 212-2017 6.3"
_FIELDS = "HJ 212-2017 表4"
_CIPHER = "HJ 212-2025 6.4.2、A.2"
_PARTS = "HJ 212-2017 表C.49、表C.50"

RULES: dict[str, Rule] = {
    # the frame
    "frame.start": Rule("不以“##”开头", "error", "包头固定为“##”。", _FRAME),
    "frame.before": Rule("“##”之前有别的字节", "deviation", "包与包之间没有别的内容。", _FRAME),
    "frame.after": Rule("包之后有别的字节", "deviation", "包与包之间没有别的内容。", _FRAME),
    "length.missing": Rule("没有长度", "error", "“##”后是数据段长度，4 位十进制数。", _FRAME),
    "length.mismatch": Rule(
        "长度不符", "error", "长度是数据段的字节数，不含包头、CRC 和包尾；多为中途丢失了字节或按字符计数。", _FRAME
    ),
    "length.digits": Rule("长度不是 4 位", "deviation", "长度固定 4 位，不足的前面补 0。", _FRAME),
    "length.long": Rule("数据段过长", "deviation", "数据段不超过 1024 字节，放不下的分包发送。", _FRAME),
    "crc.missing": Rule("没有 CRC", "error", "数据段后是 CRC，4 位十六进制数。", _FRAME),
    "crc.digits": Rule("CRC 不是十六进制数", "error", "CRC 是 4 位十六进制数。", _FRAME),
    "crc.mismatch": Rule(
        "CRC 不符",
        "error",
        "只对数据段计算；寄存器初值 FFFF，每个字节与寄存器的高 8 位异或（不是 Modbus 的算法），多项式 A001。",
        "HJ 212-2017 附录A；HJ 212-2025 A.1",
    ),
    "crc.case": Rule("CRC 是小写", "deviation", "CRC 用大写的十六进制数。", _FRAME),
    "end.missing": Rule("没有 CR LF", "deviation", "包尾固定为 CR LF（0D 0A）。", _FRAME),
    "end.line": Rule("每行一包，行末只有 LF", "note", "线路上的包尾是 CR LF；存成文本的行末不算错。", _FRAME),
    "end.trailing": Rule("CRC 之后有别的字节", "deviation", "CRC 之后只有 CR LF。", _FRAME),
    # the header
    "header.field": Rule("包头的字段没有等号", "error", "数据段由“字段=值;”组成。", _HEADER),
    "header.repeated": Rule("包头的字段重复", "deviation", "每个字段出现一次。", _HEADER),
    "header.unknown": Rule("包头有未知的字段", "deviation", "包头只有表中所列的字段。", _HEADER),
    "header.missing": Rule(
        "包头缺字段", "deviation", "QN、ST、CN、PW、MN、Flag 都应有（2005 年版可没有 QN、Flag）。", _HEADER
    ),
    "header.qn": Rule("QN 的写法", "deviation", "QN 是精确到毫秒的时间，17 位 YYYYMMDDhhmmsszzz。", _HEADER),
    "header.st": Rule("ST 的写法", "deviation", "ST 是两位系统编码。", _HEADER),
    "header.cn": Rule("CN 的写法", "deviation", "CN 是 4 位命令编码。", _HEADER),
    "header.pw": Rule("PW 的写法", "deviation", "PW 不超过 6 个字符。", _HEADER),
    "header.mn": Rule(
        "MN 的写法", "deviation", "MN 是 24 个 0～9、A～F 的字符（2005 年版不超过 14 个字符）。", _HEADER
    ),
    "header.flag": Rule("Flag 的写法", "deviation", "Flag 是 0～255 的整数。", _HEADER),
    "header.pnum": Rule("PNUM 的写法", "deviation", "PNUM 是不为 0 的整数；2025 年版只有一位，最多 9 包。", _HEADER),
    "header.pno": Rule("PNO 的写法", "deviation", "PNO 从 1 起，不大于 PNUM。", _HEADER),
    "header.rf": Rule("RF 的写法", "deviation", "补传的包写 RF=1，其余的包没有 RF，不写 RF=0。", "HJ 212-2025 表3"),
    "header.parts": Rule("PNUM、PNO 与 Flag 不符", "deviation", "Flag 的第 1 位为 1 时才有 PNUM 和 PNO。", _HEADER),
    "flag.version": Rule(
        "Flag 的版本号未知",
        "deviation",
        "Flag 的高 6 位是版本号：2017 年版为 1（Flag 4～7），2025 年版为 2（8～11）。",
        _HEADER,
    ),
    "edition.other": Rule(
        "不是所查版本的包",
        "deviation",
        "Flag 的高 6 位是版本号：2017 年版为 1（Flag 4～7），2025 年版为 2（8～11）。",
        _HEADER,
    ),
    "command.unknown": Rule(
        "命令不在表中", "deviation", "命令编码见命令编码表。", "HJ 212-2017 表9；HJ 212-2025 附录C"
    ),
    "system.unknown": Rule("系统编码不在表中", "deviation", "系统编码见系统编码表。", "HJ 212-2017 系统编码表"),
    # the content
    "cp.missing": Rule("没有 CP", "error", "数据段以 CP=&&…&& 结束。", _HEADER),
    "cp.open": Rule("CP 不以 && 开头", "error", "数据段以 CP=&&…&& 结束。", _HEADER),
    "cp.close": Rule("CP 没有以 && 结尾", "error", "数据段以 CP=&&…&& 结束。", _HEADER),
    "cipher.key": Rule("密文没有密钥可解", "error", "用 --key-file 给出密钥后才能检查。", _CIPHER),
    "cipher.crc": Rule("CRC 按密文计算", "deviation", "先按明文组包、算 CRC，再加密。", _CIPHER),
    "cipher.list": Rule("密文写成十六进制列表", "deviation", "密文与明文等长，长度字段不变，所以是原始字节。", _CIPHER),
    "cipher.plain": Rule(
        "数据未加密",
        "note",
        "现场机的 2000～2999 命令和 1014、3020 在互联网上应加密，在专网上宜加密。",
        "HJ 212-2025 6.4.1、6.4.4",
    ),
    "text.gb18030": Rule("文字是 GBK", "deviation", "中文用 UTF-8。", _GRAMMAR),
    "text.bytes": Rule("有不成文字的字节", "deviation", "内容是 ASCII，中文用 UTF-8。", _GRAMMAR),
    "field.value": Rule("字段没有等号", "deviation", "“=”连接字段和值。", _GRAMMAR),
    "field.repeated": Rule("同一字段有不同的值", "deviation", "一包里一个字段一个值。", ""),
    "field.empty": Rule("有空的字段", "deviation", "“;”隔开因子，“,”隔开一个因子的字段，末尾不加。", _GRAMMAR),
    "factor.groups": Rule("同一因子分在几组", "deviation", "“,”隔开同一因子的字段，“;”隔开不同的因子。", _GRAMMAR),
    "factor.unknown": Rule(
        "因子编码不在表中",
        "deviation",
        "因子编码见附录B（HJ 524、HJ 525）；各地自定的编码请向平台说明。",
        "HJ 212-2017 附录B",
    ),
    "factor.edition": Rule(
        "因子用了另一版的编码", "deviation", "2017 年版起用 a、w 加 5 位数字的编码。", "HJ 212-2017 附录B"
    ),
    "unit.unknown": Rule("单位无从得知", "note", "标准没有给出这个因子的单位，请向平台说明。", "HJ 212-2017 附录B"),
    "suffix.unknown": Rule("字段后缀不在表中", "deviation", "因子的字段见字段对照表。", _FIELDS),
    "mark.unknown": Rule(
        "数据标记不在表中",
        "deviation",
        "N 正常、F 停运、M 维护、S 设定值、D 故障、C 校准、T 超量程、B 通讯异常。",
        "HJ 212-2017 表8",
    ),
    "state.unknown": Rule("设备状态不在表中", "deviation", "RS 是设备运行状态的编码。", _FIELDS),
    "return.unknown": Rule(
        "应答的编码不在表中", "deviation", "QnRtn、ExeRtn 是请求应答结果和执行结果的编码。", _FIELDS
    ),
    "mark.missing": Rule("数据没有标记", "doubt", "没有标记的数据无法判断是否有效。", "HJ 212-2017 表8"),
    "value.number": Rule("测值不是数", "deviation", "测值是十进制数。", _FIELDS),
    "value.range": Rule("测值不可能", "doubt", "浓度、流量不为负，百分数在 0～100 之间，pH 在 0～14 之间。", ""),
    "value.digits": Rule("测值的整数位过多", "doubt", "缺省格式 Nm.n：小数点前不多于 m 位。", "HJ 212-2017 附录B"),
    "field.range": Rule("参数超出允许的值", "deviation", "参数的允许值见字段对照表。", _FIELDS),
    # times
    "time.missing": Rule("没有 DataTime", "deviation", "数据以 DataTime 开头。", _FIELDS),
    "time.digits": Rule("时间不是 14 位", "deviation", "时间是 14 位 YYYYMMDDhhmmss。", _FIELDS),
    "time.unreadable": Rule("时间读不出", "deviation", "时间是 14 位 YYYYMMDDhhmmss。", _FIELDS),
    "time.start": Rule(
        "DataTime 不在时段的开始",
        "deviation",
        "分钟、小时、日数据的 DataTime 是时段的开始，落在整分、整点、零点。",
        "HJ 212-2017",
    ),
    "time.end": Rule(
        "时段未完就已发送",
        "deviation",
        "DataTime 是时段的开始：发送时（QN）时段应已结束；多为误写成了结束的时间。",
        "HJ 212-2017",
    ),
    "time.ahead": Rule("DataTime 晚于 QN", "deviation", "数据不会晚于发送；请核对数采仪的时钟。", ""),
    "time.late": Rule(
        "实时数据晚发", "doubt", "实时数据的 DataTime 是采样的时刻，与发送的时刻（QN）相近；补传的包写 RF=1。", ""
    ),
    "time.minutes": Rule(
        "分钟数据的间隔", "doubt", "MinInterval 只能是 1、2、3、4、5、6、10、12、15、20、30 分钟。", _FIELDS
    ),
    "cadence.gap": Rule(
        "数据有间断", "doubt", "两个数据的间隔是通常的一倍半以上；2025 年版由现场机补传，2017 年版等平台来取。", ""
    ),
    "repeat.same": Rule(
        "重复发送", "note", "同一时刻的数据再次发送，内容相同：未收到应答时重发，不算错。", "HJ 212-2017 表1"
    ),
    "repeat.differs": Rule("同一时刻有不同的数据", "deviation", "同一命令、同一时刻的数据再次发送，内容却不同。", ""),
    # split packets
    "parts.missing": Rule("分包没有收齐", "deviation", "各包重复 DataTime，PNO 从 1 到 PNUM。", _PARTS),
}

HOURS_OF_A_DAY = 24  # that a device can run on a day: SBn-RT

_OTHER = Rule("其他", "deviation", "")


def rule(code: str) -> Rule:
    """What ``code`` means.

    >>> rule("crc.case").title, rule("no.such").title
    ('CRC 是小写', '其他')
    """
    return RULES.get(code, _OTHER)


# What a value can be, by its unit and for some factors by themselves, both included. These are limits of nature and of
# the measurement, no standard and no statement of what is usual; None is no limit.
POSSIBLE_BY_UNIT: dict[str, tuple[float | None, float | None]] = {
    **dict.fromkeys(("mg/L", "µg/L", "ng/L", "mg/m3", "µg/m3", "ng/m3", "个/L"), (0, None)),
    **dict.fromkeys(("L/s", "m3/s", "m3/h", "µS/cm"), (0, None)),
    "%": (0, 100),
    "dB": (0, 200),
    "℃": (-90, 2000),
    "°": (0, 360),
}
POSSIBLE_BY_FACTOR: dict[str, tuple[float | None, float | None]] = {
    "w01001": (0, 14),
    "a19001": (0, 25),
    "w01010": (-5, 100),
    "a01001": (-90, 60),
    "a01007": (0, 120),
    "a01006": (30, 120),
}
