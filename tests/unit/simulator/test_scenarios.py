from __future__ import annotations

import pytest

from rapupload.errors import UsageError
from rapupload.simulator.scenarios import KINDS, Faults, Scenario


@pytest.mark.parametrize(
    ("text", "scenario"),
    [
        ("none", Scenario()),
        ("take-at-once", Scenario(name="take-at-once")),
        ("stall:10", Scenario(name="stall", number=10)),
        (
            "late-acknowledgement:0.5",
            Scenario(name="late-acknowledgement", number=0.5),
        ),
        ("drop-before-login:x2", Scenario(name="drop-before-login", times=2)),
        (
            "mid-file-drop:4096:x1",
            Scenario(name="mid-file-drop", number=4096, times=1),
        ),
    ],
)
def test_scenario_is_read_and_written_alike(text: str, scenario: Scenario) -> None:
    """The written form gives the scenario, and the scenario its written form."""
    assert Scenario.parse(text) == scenario
    assert str(scenario) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "earthquake",
        "stall",
        "stall:",
        "stall:much",
        "stall:-1",
        "stall:nan",
        "take-at-once:3",
        "take-at-once:x",
        "take-at-once:xx",
        "stall:1:2",
    ],
)
def test_unknown_or_malformed_scenario_is_refused(text: str) -> None:
    """A scenario that cannot be read stops before anything is started."""
    with pytest.raises(UsageError, match="nothing was started"):
        Scenario.parse(text)


def test_refusal_lists_what_there_is() -> None:
    """The hint names every scenario."""
    with pytest.raises(UsageError) as caught:
        Scenario.parse("earthquake")
    assert all(name in caught.value.hint for name in KINDS)


def test_counted_scenario_strikes_so_often_and_no_more() -> None:
    """With x2 the third time nothing goes wrong."""
    faults = Faults(Scenario.parse("take-at-once:x2"))
    struck = [faults.strike("take-at-once") is not None for _ in range(4)]
    assert struck == [True, True, False, False]
    assert not faults.is_due("take-at-once")


def test_scenario_strikes_only_by_its_name() -> None:
    """Asking for another scenario neither strikes nor uses up a strike."""
    faults = Faults(Scenario.parse("take-at-once:x1"))
    assert faults.strike("reject-all", "stall") is None
    assert faults.strike("take-at-once") is not None


def test_changed_scenario_counts_anew() -> None:
    """A scenario put in force later replaces the first one and its count."""
    faults = Faults(Scenario.parse("take-at-once:x1"))
    faults.strike("take-at-once")
    faults.change(Scenario.parse("reject-all:x1"))
    assert faults.strike("take-at-once") is None
    assert faults.strike("reject-all") is not None
    assert faults.strike("reject-all") is None
