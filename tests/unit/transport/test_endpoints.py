from __future__ import annotations

import pytest

from rapupload.errors import ConfigError
from rapupload.transport.endpoints import PRESETS, Centre, Endpoint, put_in_order
from rapupload.transport.host_keys import may_match_another, offer_order, parse_pin

A_FINGERPRINT = "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDl/Mf0ZI2sxvKFJzU"
AN_ED25519_LINE = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
)
ITS_FINGERPRINT = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"


def test_the_published_addresses():
    """The presets are the addresses of HKEX's briefing, primary centre first."""
    assert {name: [str(e) for e in ends] for name, ends in PRESETS.items()} == {
        "hkscc": [
            "10.243.2.141:18801",
            "10.243.2.142:18801",
            "10.243.66.141:18801",
            "10.243.66.142:18801",
        ],
        "hkcc-seoch": [
            "10.151.14.141:18801",
            "10.151.14.142:18801",
            "10.152.14.141:18801",
            "10.152.14.142:18801",
        ],
    }


def test_no_host_key_is_trusted_by_a_preset():
    """HKEX's host keys are not public: whoever uses a preset has to pin them."""
    assert all(e.host_keys == () for ends in PRESETS.values() for e in ends)


def test_centres_are_grouped_and_the_order_within_is_kept():
    """Endpoints written in any order are tried centre by centre."""
    mixed = [
        Endpoint(host="s1", centre=Centre.SECONDARY),
        Endpoint(host="p1"),
        Endpoint(host="s2", centre=Centre.SECONDARY),
        Endpoint(host="p2"),
    ]
    assert [e.host for e in put_in_order(mixed)] == ["p1", "p2", "s1", "s2"]
    only = put_in_order(mixed, centre=Centre.SECONDARY)
    assert [e.host for e in only] == ["s1", "s2"]


@pytest.mark.parametrize(
    ("text", "fingerprint", "family"),
    [
        pytest.param(A_FINGERPRINT, A_FINGERPRINT, "", id="fingerprint"),
        pytest.param(A_FINGERPRINT + "=", A_FINGERPRINT, "", id="padded"),
        pytest.param(
            f"2048 {A_FINGERPRINT} rap1 (RSA)", A_FINGERPRINT, "rsa", id="ssh-keygen -l"
        ),
        pytest.param(AN_ED25519_LINE, ITS_FINGERPRINT, "ed25519", id="public key"),
        pytest.param(
            f"[10.243.2.141]:18801 {AN_ED25519_LINE} comment",
            ITS_FINGERPRINT,
            "ed25519",
            id="line of known_hosts",
        ),
    ],
)
def test_forms_of_a_pin(text, fingerprint, family):
    """A pin may be pasted in any form that OpenSSH shows."""
    pin = parse_pin(text)
    assert (pin.fingerprint, pin.family) == (fingerprint, family)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48", id="MD5"),
        pytest.param("SHA256:tooshort", id="fingerprint cut short"),
        pytest.param(A_FINGERPRINT + "AA", id="fingerprint too long"),
        pytest.param("ssh-rsa AAAA", id="key cut short"),
        pytest.param(
            AN_ED25519_LINE.replace("ssh-ed25519", "ssh-rsa"), id="other kind"
        ),
        pytest.param("ssh-ed25519 A*", id="no base64"),
    ],
)
def test_what_is_no_pin(text):
    """A damaged pin is a fault of the settings, found before anything is sent."""
    with pytest.raises(ConfigError):
        parse_pin(text)


def test_pinned_kinds_are_asked_for_first_and_seen_ones_not_again():
    """The order of algorithms follows the pins."""
    pins = (parse_pin(f"2048 {A_FINGERPRINT} x (RSA)"),)
    assert offer_order(pins)[:2] == ("rsa-sha2-512", "rsa-sha2-256")
    assert offer_order(pins, without=["rsa", "ecdsa"]) == ("ssh-ed25519",)


@pytest.mark.parametrize(
    ("pin", "seen", "expected"),
    [
        pytest.param(A_FINGERPRINT, ["rsa"], True, id="kind unknown, others left"),
        pytest.param(
            A_FINGERPRINT, ["rsa", "ecdsa", "ed25519"], False, id="all were seen"
        ),
        pytest.param(AN_ED25519_LINE, ["ed25519"], False, id="its kind was seen"),
        pytest.param(AN_ED25519_LINE, ["rsa"], True, id="its kind was not"),
    ],
)
def test_whether_it_is_worth_asking_for_another_kind(pin, seen, expected):
    """The search for a pinned key ends when no pin can match any more."""
    assert may_match_another((parse_pin(pin),), seen) is expected
