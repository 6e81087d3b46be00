"""From the rows of a sheet to the rows of instructions: text to text, columnar, pure.

A stage between ``sources`` and ``validation`` (docs/adr/0008-shaping.md). Desks write one
instruction in many ways: two facts in one word (RVP), a vote beside a figure, a column
per resolution, rights and excess in one row. Here each becomes the one form that the
rules know, every cell still knowing the cell of the sheet that it came from. Nothing is
judged here but contradictions between two ways of saying the same.

    shape      the steps in their order; a plain sheet passes untouched
    sheet      the table in the making: cells by column, with their places
    ignoring   rows that are no instructions, counted with a reason
    applying   what a mapping says of cells
    opposite   "Release" where the column is "Hold"
    combined   RVP: direction and payment in one word
    wide       headings of a wide sheet
    unfold     one row that becomes several instructions
    choice     a code that says which column a figure belongs to
"""

from __future__ import annotations

from rapupload.shaping.shape import shape

__all__ = ["shape"]
