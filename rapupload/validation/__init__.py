"""Table x spec -> clean instructions + findings; columnar, pure, in two phases.

Phase one, shape: can each cell be read (``shape``)? Phase two, meaning: do the rows
that passed make sense, one by one and together (``meaning``)? Every source row ends as
an instruction, rejected with a finding, or ignored with a reason.
"""

from __future__ import annotations

from rapupload.validation.check import (
    Asked,
    Checked,
    NotChecked,
    Summed,
    check,
    with_findings,
)
from rapupload.validation.codes import ENGINE_CODES, EngineCode
from rapupload.validation.context import Context, Lookup
from rapupload.validation.findings import Findings

__all__ = [
    "ENGINE_CODES",
    "Asked",
    "Checked",
    "Context",
    "EngineCode",
    "Findings",
    "Lookup",
    "NotChecked",
    "Summed",
    "check",
    "with_findings",
]
