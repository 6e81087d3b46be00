"""Settings: one TOML file, and the environment on top of it.

Every key is documented in the text that ``rapupload init`` writes; a test holds both
equal. Relative paths count from the folder of the settings file.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rapupload.errors import ConfigError
from rapupload.model import AccountKind, Environment, Severity

FILE_NAME = "rapupload.toml"
SETTINGS_VARIABLE = "RAPUPLOAD_SETTINGS"
PERSON_VARIABLE = "RAPUPLOAD_PERSON"
PASSPHRASE_VARIABLE = "RAPUPLOAD_KEY_PASSPHRASE"  # noqa: S105 - a name, no secret
_PREFIX = "RAPUPLOAD_"
_SPECIAL = frozenset({SETTINGS_VARIABLE, PERSON_VARIABLE, PASSPHRASE_VARIABLE})
_HINT = "Mend the file and run: rapupload doctor"


def _time(value: object) -> object:
    return dt.time.fromisoformat(value) if isinstance(value, str) else value


TimeOfDay = Annotated[dt.time, BeforeValidator(_time)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Money = Annotated[Decimal, Field(ge=0, max_digits=20, decimal_places=2)]


class Section(BaseModel):
    """Frozen, no unknown keys, kebab-case."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=lambda name: name.replace("_", "-"),
        populate_by_name=True,
        hide_input_in_errors=True,
    )


class Account(Section):
    """Table ``[account]``: who we are on RAP."""

    name: Annotated[
        str, Field(pattern=r"^(C[ABCP][0-9]{5}|CBNK[0-9]{3}|DC[A-Z]{3})[0-9]{3}$")
    ]
    participant: Annotated[
        str, Field(pattern=r"^([A-Z][0-9]{5}|BNK[0-9]{3}|[A-Z]{3})$")
    ]
    kind: AccountKind = AccountKind.PARTICIPANT
    private_key: Path

    @model_validator(mode="after")
    def _agree(self) -> Account:
        if self.kind is AccountKind.PARTICIPANT and self.name[1:7] != self.participant:
            raise ValueError(
                f"account {self.name} does not belong to participant {self.participant}"
            )
        return self


class Endpoint(Section):
    """Table ``[[endpoint]]``: one address of RAP, in the order it is tried.

    ``preset`` names a published address, such as ``hkscc-primary-1``; it stands instead
    of host, port and centre.
    """

    name: str = ""
    preset: Annotated[
        str | None,
        Field(pattern=r"^(hkscc|hkcc-seoch)-(primary|secondary)-[12]$"),
    ] = None
    host: str = ""
    port: Annotated[int | None, Field(ge=1, le=65535)] = None
    centre: Literal["primary", "secondary"] = "primary"
    host_keys: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_address(self) -> Endpoint:
        if (self.preset is None) == (not self.host):
            raise ValueError("needs either preset, or host and port")
        if self.preset is None and self.port is None:
            raise ValueError("port is missing")
        return self


class Journal(Section):
    """Table ``[journal]``."""

    path: Path = Path("journal.sqlite")


class Specs(Section):
    """Table ``[specs]``."""

    folder: Path = Path("specs")


class Retry(Section):
    """Table ``[retry]``: what is tried again before the first byte, and how long."""

    attempts: Annotated[int, Field(ge=1, le=100)] = 5
    first_wait_seconds: Annotated[float, Field(ge=0)] = 1.0
    longest_wait_seconds: Annotated[float, Field(ge=0)] = 30.0
    total_seconds: Annotated[float, Field(gt=0)] = 300.0


class Timeouts(Section):
    """Table ``[timeouts]``: no network operation waits longer."""

    connect_seconds: Annotated[float, Field(gt=0)] = 15.0
    reply_seconds: Annotated[float, Field(gt=0)] = 30.0


class ServiceHours(Section):
    """Table ``[service-hours]``: RAP's hours, Asia/Hong_Kong."""

    enforced: bool | None = None  # None: everywhere but in the simulator environment
    weekday_opens: TimeOfDay = dt.time(7, 15)
    weekday_closes: TimeOfDay | Literal["24:00"] = "24:00"
    saturday_opens: TimeOfDay = dt.time(7, 15)
    saturday_closes: TimeOfDay = dt.time(13, 0)


class CutOffs(Section):
    """Table ``[cut-offs]``: CCASS function times today, Asia/Hong_Kong."""

    settlement: TimeOfDay = dt.time(15, 45)
    real_time_payment: TimeOfDay = dt.time(13, 30)


class Limits(Section):
    """Table ``[limits]``.

    ``money`` says, by currency, how much may go out for one day.
    """

    rows: Annotated[int, Field(ge=1)] = 1_000_000
    megabytes: Annotated[int, Field(ge=1)] = 200
    look_back_days: Annotated[int, Field(ge=1)] = 30
    money: dict[Currency, Money] = {}


class ListFile(Section):
    """One list of the firm: a file of rows, or a downloaded report.

    Attributes:
        report: The report's ID, such as ``CSESB01``, where it is one.
        spec: The report's layout, where it is not the shipped one.
        complete: What the list does not name does not exist; for balances, it is zero.
        max_age_days: Settlement days after which the list is too old.
    """

    file: Path
    report: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,20}$")] | None = None
    spec: Path | None = None
    complete: bool | None = None
    max_age_days: Annotated[int | None, Field(ge=0)] = None


def _list_file(value: object) -> object:
    return {"file": value} if isinstance(value, str | Path) else value


List = Annotated[ListFile, BeforeValidator(_list_file)]


class Lists(Section):
    """Table ``[lists]``: what the firm knows besides the sheet, for rules to use."""

    accounts: List | None = None
    stocks: List | None = None
    participants: List | None = None
    balances: List | None = None
    announcements: List | None = None
    holdings: List | None = None
    tenders: List | None = None
    max_age_days: Annotated[int | None, Field(ge=0)] = None

    def files(self) -> dict[str, ListFile]:
        """Return the lists that are given, by name."""
        named = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: of for name, of in named.items() if isinstance(of, ListFile)}


class Indicators(Section):
    """Table ``[file-indicators]``: this journal's own range, per participant and day."""

    first: Annotated[int, Field(ge=0, le=9999)] = 1
    last: Annotated[int, Field(ge=1, le=9999)] = 9999


class Collecting(Section):
    """Table ``[collecting]``: how long ``submit`` waits for answers by itself."""

    wait_seconds: Annotated[float, Field(ge=0)] = 20.0
    poll_seconds: Annotated[float, Field(gt=0)] = 2.0


class Settings(BaseSettings):
    """All settings; ``load_settings`` makes them."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=lambda name: name.replace("_", "-"),
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    environment: Environment = Environment.SIMULATOR
    approval: Literal["off", "second-person"] | None = None
    language: Literal["en", "zh-Hant", "both"] = "en"
    account: Account
    endpoint: tuple[Endpoint, ...] = Field(min_length=1)
    journal: Journal = Journal()
    specs: Specs = Specs()
    retry: Retry = Retry()
    timeouts: Timeouts = Timeouts()
    service_hours: ServiceHours = ServiceHours()
    cut_offs: CutOffs = CutOffs()
    limits: Limits = Limits()
    lists: Lists = Lists()
    file_indicators: Indicators = Indicators()
    collecting: Collecting = Collecting()
    defaults: dict[str, str] = {}
    severity: dict[str, Severity] = {}
    folder: Path = Path()
    """Folder of the settings file; relative paths count from here."""

    @property
    def needs_second_person(self) -> bool:
        """Tell whether a batch waits for a second person's approval."""
        if self.approval is None:
            return self.environment is not Environment.SIMULATOR
        return self.approval == "second-person"

    @property
    def keeps_hours(self) -> bool:
        """Tell whether service hours are observed."""
        enforced = self.service_hours.enforced
        simulated = self.environment is Environment.SIMULATOR
        return not simulated if enforced is None else enforced

    def path(self, path: Path) -> Path:
        """Return an absolute path; a relative one counts from the settings file."""
        return path if path.is_absolute() else self.folder / path


def load_settings(file: Path) -> Settings:
    """Read the settings file and the environment.

    Raises:
        ConfigError: The file is missing, unreadable, or wrong; all faults at once.
    """
    if not file.is_file():
        raise ConfigError(
            f"There is no settings file {file}.",
            hint="Run: rapupload init, or name one with --settings FILE.",
        )

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            del env_settings, dotenv_settings, file_secret_settings
            own = InitSettingsSource(settings_cls, from_environment(os.environ))
            toml = TomlConfigSettingsSource(settings_cls, file)
            return init_settings, own, toml

    try:
        return FromFile(folder=file.resolve().parent)
    except ValidationError as error:
        raise ConfigError(_listing(file, error), hint=_HINT) from error
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(
            f"The settings file {file} is not readable TOML: {error}.", hint=_HINT
        ) from error


def from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings that variables give, under the keys of the file.

    Written here since pydantic's own source reads the aliases without the prefix: a
    machine's ``ENVIRONMENT`` or ``LANGUAGE`` would then change where batches go.

    >>> from_environment({"RAPUPLOAD_RETRY__FIRST_WAIT_SECONDS": "1", "LANGUAGE": "en"})
    {'retry': {'first-wait-seconds': '1'}}
    """
    found: dict[str, Any] = {}
    for name, value in sorted(environ.items()):
        if not name.upper().startswith(_PREFIX) or name.upper() in _SPECIAL:
            continue
        *tables, key = name.upper().removeprefix(_PREFIX).split("__")
        if (tables or [key])[0] not in _known_names():
            continue  # ``unknown_variables`` tells of it
        place = found
        for table in map(_key, tables):
            if not isinstance(place.get(table), dict):
                place[table] = {}
            place = place[table]
        place[_key(key)] = value
    return found


def _known_names() -> set[str]:
    return {name.upper() for name in Settings.model_fields if name != "folder"}


def _key(name: str) -> str:
    return name.lower().replace("_", "-")


def _listing(file: Path, error: ValidationError) -> str:
    given = from_environment(os.environ)
    faults = [
        "\n  "
        + ".".join(str(s + 1) if isinstance(s, int) else s for s in fault["loc"])
        + _origin(given, fault["loc"])
        + ": "
        + _reason(fault["type"], fault["msg"])
        for fault in error.errors(include_url=False, include_context=False)
        if not _is_echo(fault, error)
    ]
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    return f"The settings file {file} has {count}:{''.join(faults)}"


def _is_echo(fault: Any, error: ValidationError) -> bool:
    """Tell whether a list is called empty only since all its parts have faults."""
    place = fault["loc"]
    return fault["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place
        for other in error.errors(include_url=False, include_context=False)
    )


def _origin(given: Any, place: tuple[int | str, ...]) -> str:
    """Say that a value came from a variable, so that nobody looks for it in the file."""
    for step in place:
        if not isinstance(given, dict) or step not in given:
            return ""
        given = given[str(step)]
    name = _PREFIX + "__".join(str(step) for step in place)
    return f" (from the variable {name.upper().replace('-', '_')})"


def _reason(kind: str, message: str) -> str:
    known = {"extra_forbidden": "unknown key", "missing": "this key is missing"}
    return known.get(kind, message.removeprefix("Value error, "))


def find_settings(given: Path | None, environ: Mapping[str, str]) -> Path:
    """Return where the settings are: given, named by the environment, or here."""
    if given is not None:
        return given
    named = environ.get(SETTINGS_VARIABLE, "")
    return Path(named) if named else Path(FILE_NAME)


def unknown_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return ``RAPUPLOAD_*`` variables that mean nothing: a misspelt one is silent."""
    tables = {_PREFIX + name for name in _known_names()}
    return tuple(
        sorted(
            name
            for name in environ
            if name.startswith(_PREFIX)
            and name not in _SPECIAL
            and name.split("__", 1)[0] not in tables
        )
    )


def passphrase(environ: Mapping[str, str]) -> SecretStr | None:
    """Return the private key's passphrase, which never stands in the file."""
    text = environ.get(PASSPHRASE_VARIABLE, "")
    return SecretStr(text) if text else None


def as_environ() -> dict[str, str]:
    """Return the process environment as a plain mapping."""
    return dict(os.environ)


__all__ = [
    "FILE_NAME",
    "Account",
    "Endpoint",
    "ListFile",
    "Lists",
    "Settings",
    "as_environ",
    "find_settings",
    "from_environment",
    "load_settings",
    "passphrase",
    "unknown_variables",
]
