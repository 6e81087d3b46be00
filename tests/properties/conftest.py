"""How many examples: a few hundred in CI, 100,000 with ``HYPOTHESIS_PROFILE=nightly``.

Most properties are tried with each of the nine types, so ten of each are about a hundred.
CI takes the same examples each time; the nightly run takes others each night, as many as
``HYPOTHESIS_EXAMPLES`` says.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

settings.register_profile(
    "ci", max_examples=10, deadline=None, derandomize=True, suppress_health_check=_SLOW
)
settings.register_profile(
    "nightly",
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "100000")),
    deadline=None,
    suppress_health_check=_SLOW,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
