"""Codes of HJ/T 212-2005, HJ 212-2017 and HJ 212-2025 as dated data: what a packet's letters and numbers mean, in
which edition (see ``SOURCES.md`` in the folder above).

Every function reads its table once. Lookups are those of a dictionary and keep nothing of what they are asked, so they
may be called for every field of a packet, also of a hostile one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan._lazy import lazy_exports

if TYPE_CHECKING:
    from bilan.policy.hj212.content import (
        CpField,
        DataFlag,
        DeviceState,
        Suffix,
        cp_fields,
        device_states,
        flag_valid,
        flags,
        suffixes,
    )
    from bilan.policy.hj212.conversation import (
        Command,
        Return,
        SystemType,
        command,
        commands,
        execution_returns,
        qn_returns,
        system_kind,
        system_types,
    )
    from bilan.policy.hj212.headers import (
        Edition,
        HeaderField,
        edition_of_flag,
        edition_on,
        editions,
        header_fields,
    )
    from bilan.policy.hj212.units import (
        Factor,
        PacketUnit,
        factor,
        factors,
        packet_unit,
    )

_HOMES = {
    "Command": "conversation",
    "CpField": "content",
    "DataFlag": "content",
    "DeviceState": "content",
    "Edition": "headers",
    "Factor": "units",
    "HeaderField": "headers",
    "PacketUnit": "units",
    "Return": "conversation",
    "Suffix": "content",
    "SystemType": "conversation",
    "command": "conversation",
    "commands": "conversation",
    "cp_fields": "content",
    "device_states": "content",
    "edition_of_flag": "headers",
    "edition_on": "headers",
    "editions": "headers",
    "execution_returns": "conversation",
    "factor": "units",
    "factors": "units",
    "flag_valid": "content",
    "flags": "content",
    "header_fields": "headers",
    "packet_unit": "units",
    "qn_returns": "conversation",
    "suffixes": "content",
    "system_kind": "conversation",
    "system_types": "conversation",
}
__all__ = [
    "Command",
    "CpField",
    "DataFlag",
    "DeviceState",
    "Edition",
    "Factor",
    "HeaderField",
    "PacketUnit",
    "Return",
    "Suffix",
    "SystemType",
    "command",
    "commands",
    "cp_fields",
    "device_states",
    "edition_of_flag",
    "edition_on",
    "editions",
    "execution_returns",
    "factor",
    "factors",
    "flag_valid",
    "flags",
    "header_fields",
    "packet_unit",
    "qn_returns",
    "suffixes",
    "system_kind",
    "system_types",
]

__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
