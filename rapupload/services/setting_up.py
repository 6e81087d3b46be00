"""The settings file that ``init`` writes: every key, explained."""

from __future__ import annotations

import json
from dataclasses import dataclass

from rapupload.model import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the settings text is made of."""

    environment: Environment
    account: str
    participant: str
    private_key: str
    port: int
    presets: tuple[str, ...] = ()
    host_keys: tuple[str, ...]


def settings_text(answers: Answers) -> str:
    """Return commented settings; every key of ``rapupload.config`` stands in them."""
    return f"""\
# Settings of rapupload. Relative paths count from the folder of this file.
# A line that starts with "# " and holds a key shows its default.
# After a change run: rapupload doctor

# simulator, practice or production. A spec that is only assumed is refused for
# production, and practice wants at least a spec that was proved in practice.
environment = {_quote(answers.environment.value)}

# off: a batch is approved by the policy at once.
# second-person: somebody other than the maker approves. Without this line: off in the
# simulator environment, second-person everywhere else.
# approval = "second-person"

# Language of findings on the screen: en, zh-Hant or both.
# language = "en"

[account]
name = {_quote(answers.account)}            # as registered with HKEX, in capitals
participant = {_quote(answers.participant)}         # CCASS participant ID
# kind = "participant"           # designated-bank and hkcc-seoch download only
private-key = {_quote(answers.private_key)}  # RSA; its passphrase, if any, comes
                                 # from RAPUPLOAD_KEY_PASSPHRASE, never from a file

# One table per address, in the order they are tried. HKEX's published addresses have
# names that stand instead of host, port and centre: preset = "hkscc-primary-1", -2,
# "hkscc-secondary-1", -2; "hkcc-seoch-primary-1" and so on.
# host-keys are the fingerprints this address may show; get them from HKEX, not from the
# connection itself. Several are allowed, so that a rotation does not stop the day.
{_endpoints(answers)}

[journal]
# path = "journal.sqlite"        # on a local disk, never on a network share

[specs]
# folder = "specs"               # your own <type>.toml win over the shipped ones

# Tried again only before the first byte of a file; never after.
[retry]
# attempts = 5
# first-wait-seconds = 1.0
# longest-wait-seconds = 30.0
# total-seconds = 300.0

[timeouts]
# connect-seconds = 15.0
# reply-seconds = 30.0

# RAP's hours, Hong Kong time. Published for reports; for upload they are assumed.
[service-hours]
# enforced = true                # without this line: not in the simulator environment
# weekday-opens = "07:15"
# weekday-closes = "24:00"
# saturday-opens = "07:15"
# saturday-closes = "13:00"

# CCASS function times of the Hong Kong market, for rules such as si-today-late.
[cut-offs]
# settlement = "15:45"
# real-time-payment = "13:30"

[limits]
# rows = 1000000                 # a larger source is refused
# megabytes = 200
# look-back-days = 30            # how far back duplicates are looked for
# money = {{ HKD = "50000000" }}   # going out for one day; more wants a second person

# What the firm knows besides the sheet: .csv, .xlsx or .ods, one table each; see
# docs/how-to/lists.md. A rule without its list is reported as not checked.
[lists]
# accounts = "lists/accounts.csv"            # own stock accounts and their kinds
# stocks = "lists/stocks.csv"                # codes, ISINs, names, products
# participants = "lists/participants.csv"    # CCASS participants and their kinds
# balances = {{ file = "lists/CSESB01.TXT", report = "CSESB01" }}  # day-start balances
# announcements = "lists/announcements.csv"  # CCASS's announcements
# holdings = "lists/holdings.csv"            # eligible holdings per announcement
# tenders = "lists/tenders.csv"              # tenders of notes and their multiples
# max-age-days = 1               # settlement days; without it, by list

# This journal's own range of file indicators; two journals must not share one.
[file-indicators]
# first = 1
# last = 9999

# How long submit waits for answers by itself.
[collecting]
# wait-seconds = 20.0
# poll-seconds = 2.0

# Values for blank cells of columns that allow a default.
[defaults]
# stock-account = "01"

# Another severity for a rule, by its code: error, warning or note.
[severity]
# si-today-late = "error"
"""


def _endpoints(answers: Answers) -> str:
    keys = ", ".join(_quote(key) for key in answers.host_keys)
    if answers.presets:
        return "\n\n".join(
            f"[[endpoint]]\npreset = {_quote(preset)}\nhost-keys = [{keys}]"
            for preset in answers.presets
        )
    return f"""\
[[endpoint]]
# preset = "hkscc-primary-1"
# name = ""
host = "127.0.0.1"
port = {answers.port}
# centre = "primary"             # or "secondary"
host-keys = [{keys}]"""


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
