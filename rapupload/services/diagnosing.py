"""The doctor: looks at everything sending needs, and sends nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rapupload.config import passphrase, unknown_variables
from rapupload.errors import RapuploadError, SpecError, TransportError
from rapupload.journal import Journal
from rapupload.model import AccountKind
from rapupload.services.desk import Desk
from rapupload.services.lists import read_lists
from rapupload.spec.naming import NamePattern
from rapupload.transport.channel import Login
from rapupload.transport.hong_kong_days import HongKongDays
from rapupload.transport.keys import load_private_key, refuse_open_permissions

_CLOCK_TOLERANCE = dt.timedelta(minutes=2)


class Verdict(StrEnum):
    """What one look came to."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One thing looked at.

    Attributes:
        subject: What was looked at, such as ``host key``.
        said: What was seen.
        mend: What to do about it; empty where nothing has to be done.
        error: The error behind a bad verdict, for the exit code.
    """

    subject: str
    verdict: Verdict
    said: str
    mend: str = ""
    error: RapuploadError | None = None


def diagnose(desk: Desk, environ: Mapping[str, str]) -> Iterator[Look]:
    """Look at settings, specs, lists, key, journal, hours, login, folders and clock.

    A login that succeeds lifts the block that a refused key or host key had set.
    """
    yield from _settings(desk, environ)
    yield from _specs(desk)
    yield from _lists(desk)
    key = _key(desk, environ)
    yield key
    yield _journal(desk.journal)
    yield _hours(desk)
    if key.verdict is Verdict.BAD:
        yield Look(
            subject="login",
            verdict=Verdict.NOTE,
            said="not tried, since there is no usable key",
        )
        return
    yield from _far_end(desk)


def _bad(subject: str, error: RapuploadError) -> Look:
    return Look(
        subject=subject,
        verdict=Verdict.BAD,
        said=error.message,
        mend=error.hint,
        error=error,
    )


def _settings(desk: Desk, environ: Mapping[str, str]) -> Iterator[Look]:
    settings = desk.settings
    approval = "a second person approves" if settings.needs_second_person else "off"
    yield Look(
        subject="settings",
        verdict=Verdict.GOOD,
        said=f"{settings.environment.value} environment, account "
        f"{settings.account.name}, approval: {approval}, you are {desk.person}",
    )
    for name in unknown_variables(environ):
        yield Look(
            subject="environment",
            verdict=Verdict.NOTE,
            said=f"the variable {name} means nothing to rapupload",
            mend="Check its spelling; a misspelt variable has no effect.",
        )
    if settings.account.kind is not AccountKind.PARTICIPANT:
        yield Look(
            subject="account",
            verdict=Verdict.NOTE,
            said=f"a {settings.account.kind.value} account downloads reports only",
            mend="Upload is for CCASS participants.",
        )


def _specs(desk: Desk) -> Iterator[Look]:
    for name in desk.catalogue.types:
        try:
            about = desk.catalogue.spec(name).spec.spec
        except SpecError as error:
            yield _bad(f"spec {name}", error)
            continue
        allowed = about.status.allows(desk.settings.environment)
        yield Look(
            subject=f"spec {name}",
            verdict=Verdict.GOOD if allowed else Verdict.NOTE,
            said=f"version {about.version}, {about.status.value}",
            mend=""
            if allowed
            else f"refused in the {desk.settings.environment.value} environment until it "
            "is checked against HKEX's document",
        )


def _lists(desk: Desk) -> Iterator[Look]:
    """Read every list that the settings name, as a check would."""
    for name in desk.settings.lists.files():
        subject = f"list {name}"
        try:
            found = read_lists([name], desk.settings, desk.clock())
        except RapuploadError as error:
            yield _bad(subject, error)
            continue
        if name in found.gaps:
            yield Look(
                subject=subject,
                verdict=Verdict.NOTE,
                said=found.gaps[name].en,
                mend="Put a newer file there; until then its rules are not checked.",
            )
        else:
            known = found.known[name]
            said = f"{known.frame.height:,} rows of {known.as_of}"
            yield Look(subject=subject, verdict=Verdict.GOOD, said=said)


def _key(desk: Desk, environ: Mapping[str, str]) -> Look:
    path = desk.settings.path(desk.settings.account.private_key)
    secret = passphrase(environ)
    try:
        key = load_private_key(
            path, passphrase=secret.get_secret_value if secret else None
        )
        unchecked = refuse_open_permissions(path)
    except TransportError as error:
        return _bad("private key", error)
    said = f"{path}, RSA {key.get_bits()} bits"
    return Look(
        subject="private key",
        verdict=Verdict.NOTE if unchecked else Verdict.GOOD,
        said=f"{said}; {unchecked}" if unchecked else f"{said}, readable by you only",
    )


def _journal(journal: Journal) -> Look:
    head = journal.head()
    return Look(
        subject="journal",
        verdict=Verdict.GOOD,
        said=f"{journal.database.path}, {head.count:,} events; rapupload journal verify "
        "checks them",
    )


def _hours(desk: Desk) -> Look:
    now = desk.clock()
    if not desk.settings.keeps_hours:
        said = "not kept in this environment"
        return Look(subject="service hours", verdict=Verdict.GOOD, said=said)
    if not desk.hours.is_open(now):
        opening = desk.hours.next_opening(now)
        return Look(
            subject="service hours",
            verdict=Verdict.NOTE,
            said=f"closed now; next opening {opening:%Y-%m-%d %H:%M} Hong Kong time",
        )
    closes = desk.hours.closes_at(now)
    said = f"open until {closes:%Y-%m-%d %H:%M} Hong Kong time (assumed for uploads)"
    verdict = Verdict.GOOD
    if not HongKongDays().is_verified(desk.today):
        verdict = Verdict.NOTE
        said += f"; the holidays of {desk.today.year} are newer than this version"
    return Look(subject="service hours", verdict=verdict, said=said)


def _far_end(desk: Desk) -> Iterator[Look]:
    settings = desk.settings
    try:
        with (
            desk.journal.lease(settings.account.name, settings.environment),
            desk.channel.login() as login,
        ):
            yield Look(
                subject="login",
                verdict=Verdict.GOOD,
                said=f"{login.endpoint} showed a pinned host key and let "
                f"{settings.account.name} in",
            )
            _unblock(desk)
            yield from _folders(desk, login)
    except RapuploadError as error:
        yield _bad("login", error)


def _unblock(desk: Desk) -> None:
    settings = desk.settings
    known = desk.journal.account(settings.account.name, settings.environment)
    if known is not None and known.blocked_since is not None:
        desk.journal.unblock_account(
            settings.account.name,
            settings.environment,
            who=desk.person,
            why="a login succeeded",
        )


def _folders(desk: Desk, login: Login) -> Iterator[Look]:
    newest: dt.datetime | None = None
    for name in desk.catalogue.types:
        try:
            spec = desk.catalogue.spec(name).spec
        except SpecError:
            continue  # told of already
        folder = NamePattern.parse(spec.batch_file.folder).write(
            {
                "participant": desk.settings.account.participant,
                "account": desk.settings.account.name,
                "market": spec.spec.market,
                "date": desk.today,
            }
        )
        try:
            listing = login.look(folder)
        except TransportError as error:
            yield _bad(f"folder {folder}", error)
            continue
        times = [entry.modified for entry in listing.entries if entry.modified]
        newest = max([*times, *([newest] if newest else [])], default=None)
        yield Look(
            subject=f"folder {folder}",
            verdict=Verdict.GOOD if listing.exists else Verdict.BAD,
            said=f"there, {len(listing.entries)} files" if listing.exists else "absent",
            mend=""
            if listing.exists
            else f"Uploads of {name} would fail. Ask HKEX whether the account may upload "
            "this type, or correct folder in the spec.",
        )
    yield _clock(desk, newest)


def _clock(desk: Desk, newest: dt.datetime | None) -> Look:
    """Compare clocks as far as SFTP tells: a file of the future betrays a slow clock."""
    now = desk.clock()
    if newest is not None and newest > now + _CLOCK_TOLERANCE:
        return Look(
            subject="clock",
            verdict=Verdict.BAD,
            said=f"this machine says {now:%Y-%m-%d %H:%M:%S} UTC, but RAP has a file of "
            f"{newest:%Y-%m-%d %H:%M:%S}",
            mend="Set the machine's clock; dates and cut-offs depend on it.",
        )
    return Look(
        subject="clock",
        verdict=Verdict.GOOD,
        said=f"{now:%Y-%m-%d %H:%M:%S} UTC, {desk.now_hkt:%Y-%m-%d %H:%M:%S} Hong Kong; "
        "nothing at RAP contradicts it",
    )
