from __future__ import annotations

import pytest

from rapupload.errors import SpecError, UsageError
from rapupload.spec.catalogue import Catalogue, shipped_folder
from tests.unit.spec.building import minimal, toml


@pytest.fixture
def own(tmp_path):
    """Return a firm's own folder with a spec of its own and one that replaces ours."""
    (tmp_path / "mini.toml").write_bytes(toml(minimal()))
    shipped = (shipped_folder() / "ati.toml").read_bytes()
    (tmp_path / "ati.toml").write_bytes(shipped + b"# ours\n")
    return tmp_path


def test_the_firms_own_spec_wins(own):
    """The file in the firm's folder is read, and the shipped one is said to be idle."""
    catalogue = Catalogue(own)
    assert catalogue.spec("ati").file == own / "ati.toml"
    ours, shipped = (e for e in catalogue.entries() if e.type == "ati")
    assert (ours.own, ours.in_force, ours.why) == (True, True, "your own folder wins")
    assert (shipped.own, shipped.in_force) == (False, False)
    assert shipped.why == "your own file wins"


def test_own_and_shipped_types_stand_together(own):
    """A type that only one folder has is taken from there."""
    catalogue = Catalogue(own)
    assert {"mini", "ati", "si"} <= set(catalogue.types)
    assert len(catalogue.types) == len(set(catalogue.types))
    assert catalogue.spec("si").file == shipped_folder() / "si.toml"


@pytest.mark.parametrize("folder", [None, "nowhere"])
def test_without_a_folder_the_shipped_specs_are_in_force(tmp_path, folder):
    """A firm without specs of its own needs no folder."""
    catalogue = Catalogue(tmp_path / folder if folder else None)
    assert all(entry.in_force and not entry.own for entry in catalogue.entries())
    assert catalogue.types


def test_an_unknown_type_is_refused_with_the_known_ones():
    """The hint lists what can be asked for."""
    with pytest.raises(UsageError, match="'xyz'") as caught:
        Catalogue().spec("xyz")
    assert "ati" in caught.value.hint


def test_a_file_must_describe_the_type_it_is_named_after(tmp_path):
    """A copy under another name is not taken for the other type."""
    (tmp_path / "si.toml").write_bytes(toml(minimal()))
    with pytest.raises(SpecError, match=r"named si\.toml but describes 'mini'"):
        Catalogue(tmp_path).spec("si")


def test_a_spec_is_read_once(own):
    """A file that changes while the program runs does not change what is in force."""
    catalogue = Catalogue(own)
    first = catalogue.spec("mini")
    (own / "mini.toml").write_bytes(b"broken [")
    assert catalogue.spec("mini") is first


def test_every_shipped_spec_loads():
    """All specs of the project are sound, and say that they are assumed."""
    catalogue = Catalogue()
    for name in catalogue.types:
        assert catalogue.spec(name).spec.id == name
