"""The makers of the corpus, one per writer; ``CONTRIBUTING.md`` says how they are run."""

from __future__ import annotations
