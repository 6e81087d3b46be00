"""Acknowledgement files -> outcomes; pure: no I/O, no clock, nothing remembered.

``places`` says which remote names may be answers, ``parse`` reads one by the spec's
layout, ``match`` pairs it with at most one submission, ``outcomes`` tells what it says
of each instruction. A key that is ambiguous is a state, never a guess.
"""

from __future__ import annotations

from rapupload.acks.match import Match, Submission, match
from rapupload.acks.outcomes import FileVerdict, Judged, Sent, judge
from rapupload.acks.parse import Parsed, parse
from rapupload.acks.places import Place, places

__all__ = [
    "FileVerdict",
    "Judged",
    "Match",
    "Parsed",
    "Place",
    "Sent",
    "Submission",
    "judge",
    "match",
    "parse",
    "places",
]
