"""From bytes to text: UTF-8 at no extra cost, else the Chinese encoding whose text looks most like Chinese.

A wrong decoder rarely fails: Big5 bytes nearly always decode as GB18030, into rare characters. So candidates are
judged by what they produce: the share of everyday characters and Chinese punctuation among everything that is not
ASCII. Real prose scores above 0.5, mojibake below 0.15.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from bilan.plan.readers.source import SourceFile, refusal

# The decoders of one family, the first that accepts every byte is taken.
FAMILIES: Final = {
    "utf-8": ("utf-8",),
    "gb18030": ("gb18030",),
    "big5": ("big5", "cp950", "big5hkscs"),
    "utf-16-le": ("utf-16-le",),
    "utf-16-be": ("utf-16-be",),
}
# UTF-32 first: its mark begins with that of UTF-16. As with open(), only "utf-8" keeps the mark as a character.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8"),
)
_SAMPLE_BYTES: Final = 65536
_PLAUSIBLE: Final = 0.2  # below this nothing is Chinese
_CLEAR: Final = 0.15  # a smaller lead than this goes to the arbiter
_JUNK_SHARE: Final = 0.01  # of control characters

_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_FOREIGN_TO_ASCII: Final = re.compile(r"[^\t-\r\x20-\x7e]")

# The characters that fill Chinese official prose, both scripts; membership is all that counts, not order.
_EVERYDAY: Final = frozenset(
    "，。、；：？！（）《》〈〉【】〔〕「」『』“”‘’—…·％　０１２３４５６７８９①②③④⑤℃〇"
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都"
    "然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回"
    "二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气"
    "信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常"
    "提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱"
    "让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强"
    "步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广"
    "改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴切速群确备存节值责约支验依消防"
    "污染控减排治环境保护生态企监测督牵配推升善低碳能源煤烟尘噪固废危险土壤河湖域断饮农村镇县级局厅项措施标例率优良浓达细颗粒"
    "臭氧温油柴输绿修复沿岸湾渔养殖畜禽粪肥药库园站处置厂垃圾类别网格评价考核执法严格健障规划案印府乡街道亿吨吉瓦公顷"
    "這個來國時說們為會學對麼發沒還開當後過樣現實點動經頭長問機給業間電門東無關書車應義員處記數場總統務類報題據環節滅減護態產"
    "廢氣監測縣區鎮鄉單標優濃達責進淨質農擬執辦圖劃畫與從將兩體並設計資調驗選擇裡邊萬億種傳轉運輸車輛鐵綠樹漁養魚塵煙爐燒"
    "濕溫準條領導組織級屬評價規範圍檢營臺灣陽陰陳廣橋參價協議條約響變讓認論識語請話課題線結紅級約續維羅繼續確礎礦碼總訊"
)


def decode(source: SourceFile) -> tuple[str, str]:
    """The text and the name of its encoding, such that ``open(path, encoding=name).read()`` gives the same text.

    Newlines are translated as ``open`` does. Raises :class:`~bilan.plan.document.DocumentError` naming the first byte
    that is not text.
    """
    text, encoding = _decode(source)
    if _CONTROL.search(text):
        _refuse_junk(source, text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, encoding


def _decode(source: SourceFile) -> tuple[str, str]:
    data = source.data
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(source, (encoding,))
    if b"\0" not in data:  # UTF-16 of ASCII is valid UTF-8, full of NULs
        try:
            return data.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            pass
    return _strictly(source, FAMILIES[_family(source)])


def plausibility(text: str) -> float:
    """Share of everyday Chinese characters among all that is not ASCII text; 1.0 when everything is ASCII text.

    >>> plausibility("加强大气污染防治"), plausibility("PM2.5")
    (1.0, 1.0)
    """
    foreign = _FOREIGN_TO_ASCII.findall(text)
    return sum(c in _EVERYDAY for c in foreign) / len(foreign) if foreign else 1.0


def _family(source: SourceFile) -> str:
    sample = source.data[:_SAMPLE_BYTES]
    scores = {family: _score(sample, decoders) for family, decoders in FAMILIES.items()}
    best, second = sorted(scores, key=scores.__getitem__, reverse=True)[:2]
    if scores[best] < _PLAUSIBLE / 2:
        raise refusal(source.name, f"不是文本文件：{_place(source.data, _first_bad_byte(source.data))} 处不是文字")
    if scores[best] >= _PLAUSIBLE and scores[best] - scores[second] >= _CLEAR:
        return best
    return _arbiter(sample, [f for f in scores if scores[f] >= _PLAUSIBLE / 2]) or best


def _score(sample: bytes, decoders: tuple[str, ...]) -> float:
    return max(plausibility(sample.decode(decoder, errors="replace")) for decoder in decoders)


def _arbiter(sample: bytes, families: list[str]) -> str | None:
    """The family that charset-normalizer prefers among ``families``, if it prefers one."""
    from charset_normalizer import from_bytes  # slow to import, and hardly ever needed

    names = {decoder.replace("-", "_"): family for family in families for decoder in FAMILIES[family]}
    found = from_bytes(sample, cp_isolation=list(names)).best()
    return names.get(found.encoding) if found else None


def _strictly(source: SourceFile, encodings: tuple[str, ...]) -> tuple[str, str]:
    failure: UnicodeDecodeError | None = None
    for encoding in encodings:
        try:
            return source.data.decode(encoding), encoding
        except UnicodeDecodeError as error:
            failure = failure or error
    assert failure is not None
    place = _place(source.data, failure.start)
    raise refusal(source.name, f"看起来是 {encodings[0]} 编码的文本，但{place} 处无法解码，文件可能已损坏")


def _refuse_junk(source: SourceFile, text: str) -> None:
    """Raises when control characters are more than an accident."""
    if len(_CONTROL.findall(text)) > max(1, len(text) * _JUNK_SHARE):
        place = _place(source.data, _first_bad_byte(source.data))
        raise refusal(source.name, f"不是文本文件：{place} 处不是文字")


def _first_bad_byte(data: bytes) -> int:
    try:
        text, end = data.decode("utf-8"), len(data)
    except UnicodeDecodeError as error:
        text, end = data[: error.start].decode("utf-8"), error.start
    control = _CONTROL.search(text)
    return len(text[: control.start()].encode()) if control else end


def _place(data: bytes, offset: int) -> str:
    line = data.count(b"\n", 0, offset) + 1
    return f"第 {line} 行、字节偏移 {offset}"
