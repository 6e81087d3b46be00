from __future__ import annotations

import asyncssh
import pytest

from rapupload.errors import (
    AuthenticationError,
    BusyAccountError,
    ConfigError,
    HostKeyError,
    TransientTransportError,
)
from rapupload.transport.endpoints import Centre, Endpoint
from rapupload.transport.rap import RapChannel
from rapupload.transport.session import Credentials, Limits
from tests.unit.transport.conftest import LIMITS, channel_to
from tests.unit.transport.misbehaving import Faults, far_end

GONE = Endpoint(host="127.0.0.1", port=1)


def _channel(key, *endpoints: Endpoint) -> RapChannel:
    credentials = Credentials(account="CB99999001", key=key)
    return RapChannel(endpoints=endpoints, credentials=credentials, limits=LIMITS)


def test_the_next_address_is_tried_when_the_first_is_down(tmp_path, key, public_key):
    """An address that cannot be reached costs nothing but the next try."""
    with (
        far_end(tmp_path, public_key) as server,
        _channel(key, GONE, server.endpoint()).login() as login,
    ):
        assert login.endpoint == f"127.0.0.1:{server.port}"


def test_the_primary_centre_comes_first(tmp_path, key, public_key):
    """Whatever the order in the settings, the secondary centre is the second choice."""
    with far_end(tmp_path, public_key) as one, far_end(tmp_path, public_key) as two:
        second = one.endpoint(Centre.SECONDARY)
        with _channel(key, second, two.endpoint()).login() as login:
            assert login.centre is Centre.PRIMARY
        assert (one.logins, two.logins) == (0, 1)


def test_a_login_can_be_held_to_one_centre(tmp_path, key, public_key):
    """A file in doubt is looked for where it went, even if that centre is down."""
    with far_end(tmp_path, public_key) as server:
        channel = _channel(key, GONE, server.endpoint(Centre.SECONDARY))
        with (
            pytest.raises(TransientTransportError),
            channel.login(centre=Centre.PRIMARY),
        ):
            pass
        assert server.logins == 0
        with channel.login(centre=Centre.SECONDARY) as login:
            assert login.centre is Centre.SECONDARY


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        pytest.param("refuse", AuthenticationError, id="key refused"),
        pytest.param("too-many", BusyAccountError, id="account busy"),
    ],
)
def test_a_refusal_is_not_carried_to_the_next_address(
    tmp_path, key, public_key, how, expected
):
    """A refused key or a busy account is not tried at all the other addresses."""
    with (
        far_end(tmp_path, public_key, Faults(login=how)) as first,
        far_end(tmp_path, public_key) as second,
    ):
        with pytest.raises(expected), channel_to(key, first, second).login():
            pass
        assert (first.logins, second.logins) == (1, 0)


def test_an_unknown_host_key_stops_everything(tmp_path, key, public_key):
    """A strange host key at one address is no reason to go to the next."""
    pin = asyncssh.generate_private_key("ssh-ed25519").get_fingerprint()
    with (
        far_end(tmp_path, public_key) as first,
        far_end(tmp_path, public_key) as second,
    ):
        strange = Endpoint(host="127.0.0.1", port=first.port, host_keys=(pin,))
        with (
            pytest.raises(HostKeyError),
            _channel(key, strange, second.endpoint()).login(),
        ):
            pass
        assert second.logins == 0


def test_all_addresses_down_are_named(key):
    """The message says what was wrong at each address."""
    other = Endpoint(host="127.0.0.1", port=2)
    with (
        pytest.raises(TransientTransportError) as caught,
        _channel(key, GONE, other).login(),
    ):
        pass
    assert "127.0.0.1:1: connect failed" in caught.value.message
    assert "127.0.0.1:2: connect failed" in caught.value.message


def test_a_second_session_in_this_program_is_refused(tmp_path, key, public_key):
    """One channel never has two sessions; after the first has ended it may go on."""
    with far_end(tmp_path, public_key) as server:
        channel = channel_to(key, server)
        with channel.login(), pytest.raises(BusyAccountError), channel.login():
            pass
        with channel.login() as login:
            assert login.look("/").exists
    assert server.logins == 2


def test_a_channel_without_endpoints(key):
    """Missing addresses are a fault of the settings."""
    with pytest.raises(ConfigError), _channel(key).login():
        pass


def test_the_longest_wait_is_that_of_the_longest_step(key):
    """A take-over of the account waits for the longest step."""
    limits = Limits(connect=3, negotiate=4, login=5, channel=6, request=7)
    credentials = Credentials(account="A", key=key)
    channel = RapChannel(endpoints=(), credentials=credentials, limits=limits)
    assert channel.longest_wait == 7
