from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from rapupload.config import (
    Limits,
    Settings,
    as_environ,
    find_settings,
    from_environment,
    load_settings,
    passphrase,
    unknown_variables,
)
from rapupload.errors import ConfigError
from rapupload.model import Environment, Severity
from rapupload.services.setting_up import Answers, settings_text

_LEAST = """
environment = "simulator"
[account]
name = "CB01234001"
participant = "B01234"
private-key = "keys/rap"
[[endpoint]]
host = "127.0.0.1"
port = 22
host-keys = ["SHA256:x"]
"""


@pytest.fixture
def clear(monkeypatch):
    """Take away what this machine's environment says to us."""
    for name in as_environ():
        if name.startswith("RAPUPLOAD_"):
            monkeypatch.delenv(name)


@pytest.fixture
def write(tmp_path: Path, clear: None) -> Callable[..., Path]:
    """Return a function that writes a settings file."""

    def to_file(text: str | bytes = _LEAST) -> Path:
        file = tmp_path / "rapupload.toml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return to_file


def test_the_least_settings_have_safe_defaults(write):
    """The simulator, no preset, nothing kept open."""
    settings = load_settings(write())
    assert settings.environment is Environment.SIMULATOR
    assert settings.account.participant == "B01234"
    assert settings.limits.look_back_days == 30
    assert settings.cut_offs.settlement == dt.time(15, 45)
    assert not settings.needs_second_person
    assert not settings.keeps_hours


@pytest.mark.parametrize(
    ("lines", "second_person", "hours"),
    [
        pytest.param('environment = "simulator"', False, False, id="simulator"),
        pytest.param('environment = "practice"', True, True, id="practice"),
        pytest.param('environment = "production"', True, True, id="production"),
        pytest.param(
            'environment = "production"\napproval = "off"',
            False,
            True,
            id="approval off",
        ),
        pytest.param(
            'environment = "simulator"\napproval = "second-person"',
            True,
            False,
            id="second person in the simulator",
        ),
    ],
)
def test_outside_the_simulator_approval_and_hours_are_kept(
    write, lines, second_person, hours
):
    """Unless the settings say otherwise."""
    settings = load_settings(write(_LEAST.replace('environment = "simulator"', lines)))
    assert settings.needs_second_person is second_person
    assert settings.keeps_hours is hours


@pytest.mark.parametrize("enforced", [True, False])
def test_hours_may_be_kept_anywhere_or_nowhere(write, enforced):
    """By setting, whatever the environment."""
    table = f"[service-hours]\nenforced = {str(enforced).lower()}\n"
    assert load_settings(write(_LEAST + table)).keeps_hours is enforced


def test_relative_paths_count_from_the_settings_file(write, tmp_path):
    """Not from where the command is called; absolute ones stay."""
    settings = load_settings(write())
    assert settings.path(settings.account.private_key) == tmp_path / "keys" / "rap"
    assert settings.path(settings.journal.path) == tmp_path / "journal.sqlite"
    elsewhere = tmp_path.resolve() / "elsewhere"
    assert settings.path(elsewhere) == elsewhere


def test_every_fault_is_listed_with_its_key(write):
    """At once, counted from 1, and without the values, which may be secret."""
    text = """
environment = "test"
langauge = "en"
[account]
name = "b01234001"
participant = "B01234"
[[endpoint]]
host = "a"
port = 0
host-keys = []
[retry]
attempts = "many"
[severity]
x = "fatal"
"""
    with pytest.raises(ConfigError) as caught:
        load_settings(write(text))
    first, *faults = caught.value.message.splitlines()
    assert first.endswith("has 8 faults:")
    assert [fault.split(": ")[0].strip() for fault in faults] == [
        "environment",
        "account.name",
        "account.private-key",
        "endpoint.1.port",
        "endpoint.1.host-keys",
        "retry.attempts",
        "severity.x",
        "langauge",
    ]
    assert "  langauge: unknown key" in faults
    assert "  account.private-key: this key is missing" in faults
    assert "b01234001" not in caught.value.message
    assert "rapupload doctor" in caught.value.hint


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(
            ('"B01234"', '"B09999"'),
            "account CB01234001 does not belong to participant B09999",
            id="account of another participant",
        ),
        pytest.param(
            ('host = "127.0.0.1"', ""),
            "needs either preset, or host and port",
            id="neither preset nor host",
        ),
        pytest.param(
            ('host = "127.0.0.1"', 'host = "a"\npreset = "hkscc-primary-1"'),
            "needs either preset, or host and port",
            id="preset and host",
        ),
        pytest.param(("port = 22", ""), "port is missing", id="host without port"),
        pytest.param(
            ('host = "127.0.0.1"', 'preset = "hkscc"'), "pattern", id="unknown preset"
        ),
    ],
)
def test_settings_that_contradict_one_another_are_refused(write, change, reason):
    """One fault, said in words."""
    with pytest.raises(ConfigError, match="has 1 fault:") as caught:
        load_settings(write(_LEAST.replace(*change)))
    assert reason in caught.value.message


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"environment = ", id="not TOML"),
        pytest.param(b"a = 1\na = 2", id="key twice"),
        pytest.param(b"a = \xff", id="not UTF-8"),
        pytest.param(b"a = " + b"[" * 5000, id="bottomless"),
        pytest.param(b"a = " + b"1" * 5000, id="huge number"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_settings_error(write, content):
    """Odd bytes never end in another error."""
    with pytest.raises(ConfigError, match="is not readable TOML"):
        load_settings(write(content))


def test_a_missing_file_says_how_to_make_one(tmp_path):
    """The hint names the command."""
    with pytest.raises(ConfigError, match="There is no settings file") as caught:
        load_settings(tmp_path / "none.toml")
    assert "rapupload init" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        pytest.param(
            "ENVIRONMENT", "practice", lambda s: s.environment.value, id="top"
        ),
        pytest.param("LANGUAGE", "zh-Hant", lambda s: s.language, id="language"),
        pytest.param(
            "RETRY__ATTEMPTS", "9", lambda s: str(s.retry.attempts), id="table"
        ),
        pytest.param(
            "CUT_OFFS__SETTLEMENT",
            "12:00",
            lambda s: f"{s.cut_offs.settlement:%H:%M}",
            id="table with hyphen",
        ),
        pytest.param(
            "ACCOUNT__PRIVATE_KEY",
            "other",
            lambda s: str(s.account.private_key),
            id="key with hyphen",
        ),
        pytest.param(
            "DEFAULTS__STOCK_ACCOUNT",
            "02",
            lambda s: s.defaults["stock-account"],
            id="name of our own",
        ),
    ],
)
def test_a_variable_wins_over_the_file(write, monkeypatch, name, value, read):
    """The rest of its table stays as the file has it."""
    monkeypatch.setenv(f"RAPUPLOAD_{name}", value)
    settings = load_settings(write())
    assert read(settings) == value
    assert settings.account.name == "CB01234001"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "production"),
        ("LANGUAGE", "en_US:en"),
        ("environment", "production"),
        ("JOURNAL", "/tmp/journal"),
        ("RAPUPLOAD_FOLDER", "/tmp"),
    ],
)
def test_a_machines_own_variables_change_nothing(write, monkeypatch, name, value):
    """A container's ENVIRONMENT does not send batches to production."""
    file = write()
    expected = load_settings(file)
    monkeypatch.setenv(name, value)
    assert load_settings(file).model_dump() == expected.model_dump()


def test_a_wrong_variable_is_named_as_one(write, monkeypatch):
    """Nobody looks for it in the file."""
    monkeypatch.setenv("RAPUPLOAD_RETRY__ATTEMPTS", "many")
    monkeypatch.setenv("RAPUPLOAD_RETRY__ATEMPTS", "3")
    with pytest.raises(ConfigError) as caught:
        load_settings(write())
    assert "(from the variable RAPUPLOAD_RETRY__ATTEMPTS)" in caught.value.message
    assert "(from the variable RAPUPLOAD_RETRY__ATEMPTS): unknown key" in (
        caught.value.message
    )


def test_variables_of_tables_and_of_the_whole_do_not_trip_one_another():
    """A table given as a text gives way to the keys of the table."""
    found = from_environment(
        {"RAPUPLOAD_RETRY": "x", "RAPUPLOAD_RETRY__ATTEMPTS": "3", "RAPUPLOAD_X": "y"}
    )
    assert found == {"retry": {"attempts": "3"}}


def test_variables_that_mean_nothing_are_found():
    """A misspelt one would be silent."""
    environ = {
        "RAPUPLOAD_SETTINGS": "a",
        "RAPUPLOAD_PERSON": "b",
        "RAPUPLOAD_KEY_PASSPHRASE": "c",
        "RAPUPLOAD_ENVIRONMENT": "practice",
        "RAPUPLOAD_CUT_OFFS__SETTLEMENT": "12:00",
        "RAPUPLOAD_PERSONS": "d",
        "RAPUPLOAD_ENVIROMENT": "e",
        "RAPUPLOAD_FOLDER": "f",
        "PATH": "g",
    }
    assert unknown_variables(environ) == (
        "RAPUPLOAD_ENVIROMENT",
        "RAPUPLOAD_FOLDER",
        "RAPUPLOAD_PERSONS",
    )


@pytest.mark.parametrize(
    ("given", "environ", "found"),
    [
        pytest.param("a.toml", {"RAPUPLOAD_SETTINGS": "b.toml"}, "a.toml", id="given"),
        pytest.param(None, {"RAPUPLOAD_SETTINGS": "b.toml"}, "b.toml", id="variable"),
        pytest.param(None, {"RAPUPLOAD_SETTINGS": ""}, "rapupload.toml", id="empty"),
        pytest.param(None, {}, "rapupload.toml", id="here"),
    ],
)
def test_settings_are_looked_for_in_order(given, environ, found):
    """Named on the command line, by the environment, or in this folder."""
    file = Path(given) if given else None
    assert find_settings(file, environ) == Path(found)


def test_the_passphrase_comes_from_the_environment_and_is_never_shown():
    """Not even in an error message."""
    secret = passphrase({"RAPUPLOAD_KEY_PASSPHRASE": "hush"})
    assert secret is not None
    assert secret.get_secret_value() == "hush"
    assert "hush" not in repr(secret)
    assert passphrase({}) is None
    assert passphrase({"RAPUPLOAD_KEY_PASSPHRASE": ""}) is None


# The text that init writes


def _answers(**changed: Any) -> Answers:
    usual: dict[str, Any] = {
        "environment": Environment.SIMULATOR,
        "account": "CB01234001",
        "participant": "B01234",
        "private_key": "keys/rap",
        "port": 2222,
        "host_keys": ("SHA256:x",),
    }
    return Answers(**{**usual, **changed})


_KEY = re.compile(r"^(?:# )?([a-z][a-z-]*) = .+$")
_TABLE = re.compile(r"^\[\[?([a-z-]+)\]\]?$")
_FREE = {"defaults", "severity"}  # their keys are the firm's own
_EXAMPLES: Any = {
    "defaults": True,
    "severity": True,
    "lists": True,
    "limits": {"money"},
}


def _documented(text: str) -> set[str]:
    """Return every key of the text, commented out or not, as a dotted path."""
    found, table = set(), ""
    for line in text.splitlines():
        if heading := _TABLE.match(line):
            table = f"{heading[1]}."
            found.add(heading[1])
        elif (key := _KEY.match(line)) and table.rstrip(".") not in _FREE:
            found.add(f"{table}{key[1]}")
    return found


def _keys() -> set[str]:
    """Return every key that settings have, as a dotted path."""
    found = set()
    for name, top in Settings.model_fields.items():
        key = name.replace("_", "-")
        if name == "folder":
            continue
        found.add(key)
        kind: Any = top.annotation
        for inner in (kind, *getattr(kind, "__args__", ())):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                found |= {f"{key}.{n.replace('_', '-')}" for n in inner.model_fields}
    return found


def test_a_list_is_a_file_or_a_table(write):
    """The short form names the file; the long one says how to read it."""
    lists = """
[lists]
accounts = "a.csv"
balances = { file = "CSESB01.TXT", report = "CSESB01", max-age-days = 2 }
"""
    found = load_settings(write(_LEAST + lists)).lists.files()
    assert {name: (str(of.file), of.report) for name, of in found.items()} == {
        "accounts": ("a.csv", None),
        "balances": ("CSESB01.TXT", "CSESB01"),
    }
    assert found["balances"].max_age_days == 2


def test_limits_of_money_are_exact():
    """By currency, as decimals: a binary fraction of a cent would be another limit."""
    limits = Limits.model_validate({"money": {"HKD": "50000000.10", "CNY": 3}})
    assert limits.money == {"HKD": Decimal("50000000.10"), "CNY": Decimal(3)}
    with pytest.raises(ValidationError):
        Limits.model_validate({"money": {"hkd": "1"}})


def test_init_documents_exactly_the_keys_of_settings():
    """No key is forgotten, and none is there that would be refused."""
    assert _documented(settings_text(_answers())) == _keys()


def test_the_text_of_init_loads(write):
    """As it stands."""
    settings = load_settings(write(settings_text(_answers())))
    assert settings.endpoint[0].port == 2222
    assert settings.account.private_key == Path("keys/rap")


def test_the_text_of_init_loads_with_every_key_uncommented(write):
    """The defaults that the comments show are really valid, and the defaults."""
    text = settings_text(_answers())
    lines = [
        line.removeprefix("# ") if _KEY.match(line) else line
        for line in text.splitlines()
        if not line.startswith(('# preset = "hkscc', "# enforced", "# approval"))
    ]
    open_ = load_settings(write("\n".join(lines)))
    closed = load_settings(write(text))
    assert open_.model_dump(exclude=_EXAMPLES) == closed.model_dump(exclude=_EXAMPLES)
    assert open_.severity == {"si-today-late": Severity.ERROR}


def test_the_text_of_init_names_published_addresses(write):
    """A preset stands instead of host and port."""
    answers = _answers(
        environment=Environment.PRACTICE,
        presets=("hkscc-primary-1", "hkscc-secondary-1"),
    )
    settings = load_settings(write(settings_text(answers)))
    assert [e.preset for e in settings.endpoint] == list(answers.presets)


def test_odd_answers_are_quoted():
    """A path of Windows, or with quotes, is still TOML."""
    answers = _answers(private_key='C:\\keys\\"rap" 匙')
    text = settings_text(answers)
    assert tomllib.loads(text)["account"]["private-key"] == answers.private_key
