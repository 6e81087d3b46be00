"""Files of other writers than ours, most of them hostile, and what must come of each."""

from __future__ import annotations
