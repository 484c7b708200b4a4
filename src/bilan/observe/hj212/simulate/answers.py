"""What a simulated device answers to the commands of a host.

HJ 212-2017 chapter 5: a request is answered by 9011 (QnRtn), then by what it asks for, then by 9012 (ExeRtn), all with
the QN of the request; a notice by 9013.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bilan.observe.hj212.content import as_time
from bilan.observe.hj212.encoding import encode, flag_of
from bilan.observe.hj212.packet import Packet
from bilan.observe.hj212.simulate.device import Device
from bilan.observe.hj212.sm4 import key_bytes
from bilan.policy import hj212 as standard

_READY, _REFUSED, _WRONG_PW, _WRONG_MN, _WRONG_CN = "1", "2", "3", "4", "8"
_DONE, _FAILED, _NO_DATA = "1", "2", "100"
_SYSTEM = "91"

# What carries out a request: the frames with what it asks for, and the ExeRtn.
Outcome = tuple[list[bytes], str]
Act = Callable[[Device, Packet, datetime], Outcome]


def answers(device: Device, packet: Packet, now: datetime) -> list[bytes]:
    """The frames that answer ``packet``, a sound one from the host; ``now`` is the moment by the simulation's clock.

    Codes that 2005 does not have become "refused" and "failed" for its devices.

    >>> from bilan.observe.hj212 import examine
    >>> from bilan.observe.hj212.simulate.outlets import simulated_outlets
    >>> device = Device(simulated_outlets(1)[0])
    >>> told = dict(mn=device.outlet.mn, st="31", qn="20260301080000000", flag=5)
    >>> asked = examine(encode("RtdInterval=30", cn="1062", **told))
    >>> [(p.cn, p.cp) for p in map(examine, answers(device, asked, datetime(2026, 3, 1)))], device.rtd
    ([('9011', 'QnRtn=1'), ('9012', 'ExeRtn=1')], 30)
    """
    command = standard.command(packet.cn or "", device.outlet.version)
    if command is not None and command.host == "notice":
        device.real_time = device.real_time and packet.cn != "2012"
        return [_answer(device, packet, "9013", "")]
    act = _ACTS.get(packet.cn or "")
    refusal = _refusal(device, packet, known=act is not None)
    if refusal or act is None:
        return [_answer(device, packet, "9011", f"QnRtn={refusal}")]
    ready = _answer(device, packet, "9011", f"QnRtn={_READY}")
    frames, result = act(device, packet, now)
    return [ready, *frames, _answer(device, packet, "9012", f"ExeRtn={result}")]


def _refusal(device: Device, packet: Packet, *, known: bool) -> str | None:
    checks = (
        (packet.mn == device.outlet.mn, _WRONG_MN),
        (packet.pw == device.pw, _WRONG_PW),
        (known, _WRONG_CN),
    )
    code = next((code for holds, code in checks if not holds), None)
    return code if code is None or code in standard.qn_returns(device.outlet.version) else _REFUSED


def _answer(device: Device, packet: Packet, cn: str, content: str) -> bytes:
    version = device.outlet.version
    if version == 2005:  # as in the field: the QN stands in the CP
        content = ";".join(filter(None, (f"QN={packet.qn}", content)))
        return encode(content, cn=cn, mn=device.outlet.mn, st=_SYSTEM, pw=device.pw)
    return encode(content, cn=cn, mn=device.outlet.mn, st=_SYSTEM, pw=device.pw, qn=packet.qn, flag=flag_of(version))


def _fields(packet: Packet) -> Mapping[str, str]:
    return {name: value for name, value in packet.data.items() if isinstance(value, str)}


def _told(device: Device, packet: Packet, content: str) -> list[bytes]:
    """What a device says when it is asked for a parameter: under the command that asks."""
    flag = None if device.outlet.version == 2005 else flag_of(device.outlet.version)
    outlet = device.outlet
    return [encode(content, cn=packet.cn or "", mn=outlet.mn, st=outlet.st, pw=device.pw, qn=packet.qn, flag=flag)]


def _nothing_to_do(device: Device, packet: Packet, now: datetime) -> Outcome:
    return [], _DONE


def _start(device: Device, packet: Packet, now: datetime) -> Outcome:
    device.real_time = True
    return [], _DONE


def _tell_time(device: Device, packet: Packet, now: datetime) -> Outcome:
    return _told(device, packet, f"SystemTime={device.shown(now):%Y%m%d%H%M%S}"), _DONE


def _set_time(device: Device, packet: Packet, now: datetime) -> Outcome:
    wanted = as_time(_fields(packet).get("SystemTime", ""))
    if wanted is None:
        return [], _FAILED
    device.offset += wanted - device.shown(now)
    return [], _DONE


def _tell_rtd(device: Device, packet: Packet, now: datetime) -> Outcome:
    return _told(device, packet, f"RtdInterval={device.rtd}"), _DONE


def _tell_minutes(device: Device, packet: Packet, now: datetime) -> Outcome:
    return _told(device, packet, f"MinInterval={device.minutes}"), _DONE


def _set_rtd(device: Device, packet: Packet, now: datetime) -> Outcome:
    seconds = _fields(packet).get("RtdInterval", "")
    if not standard.cp_fields(2017)["RtdInterval"].allows(seconds):
        return [], _FAILED
    device.rtd = int(seconds)
    return [], _DONE


def _set_minutes(device: Device, packet: Packet, now: datetime) -> Outcome:
    minutes = _fields(packet).get("MinInterval", "")
    if not standard.cp_fields(2017)["MinInterval"].allows(minutes):
        return [], _FAILED
    device.minutes = int(minutes)
    return [], _DONE


def _set_key(device: Device, packet: Packet, now: datetime) -> Outcome:
    """The new key holds from the next packet on."""
    try:
        device.key = key_bytes(_fields(packet).get("NewSK", ""))
    except ValueError:
        return [], _FAILED
    return [], _DONE


def _history(device: Device, packet: Packet, now: datetime) -> Outcome:
    fields = _fields(packet)
    first, last = fields.get("BeginTime", ""), fields.get("EndTime", "")
    if as_time(first) is None or as_time(last) is None:
        return [], _FAILED
    frames: list[bytes] = []
    for cn, stamp, content in device.history:
        if cn == packet.cn and first <= stamp <= last:
            frames += device.asked_for(cn, content, packet.qn)
    return frames, _DONE if frames else _NO_DATA


_ACTS: dict[str, Act] = {
    "1000": _nothing_to_do,
    "1011": _tell_time,
    "1012": _set_time,
    "1014": _set_key,
    "1061": _tell_rtd,
    "1062": _set_rtd,
    "1063": _tell_minutes,
    "1064": _set_minutes,
    "2011": _start,
    "2031": _history,
    "2051": _history,
    "2061": _history,
}
