"""The wheel, in an environment that has nothing but it and what it asks for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _scripts(environment: Path) -> Path:
    return environment / ("Scripts" if os.name == "nt" else "bin")


def _run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environ = {k: v for k, v in os.environ.items() if not k.startswith("RAPUPLOAD_")}
    environ.pop("PYTHONPATH", None)
    return subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env=environ,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, install it with its dependencies, return the script's folder."""
    place = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    built = _run(*pip, "--no-build-isolation", "-w", place, ROOT, cwd=place)
    assert built.returncode == 0, built.stderr
    (wheel,) = place.glob("rapupload-*.whl")
    venv.create(place / "empty", with_pip=True)
    scripts = _scripts(place / "empty")
    done = _run(scripts / "python", "-m", "pip", "install", "--quiet", wheel, cwd=place)
    assert done.returncode == 0, done.stderr
    return scripts


def test_the_wheel_brings_every_spec(installed: Path, tmp_path: Path) -> None:
    """Every spec of the checkout is in the wheel, loads there, and is in force."""
    done = _run(installed / "rapupload", "specs", "list", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    listed = {row["type"] for row in json.loads(done.stdout)["specs"]}
    assert listed == {file.stem for file in (ROOT / "specs").glob("*.toml")}


def test_the_wheel_checks_a_template(installed: Path, tmp_path: Path) -> None:
    """Template and check work from the wheel; an empty template has no rows."""
    script = installed / "rapupload"
    made = _run(script, "template", "ati", "-o", "x.xlsx", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    checked = _run(script, "check", "x.xlsx", "--type", "ati", "--json", cwd=tmp_path)
    assert checked.returncode in {3, 19}, checked.stderr
    assert "error" in json.loads(checked.stdout)


def test_the_simulator_is_an_extra(installed: Path, tmp_path: Path) -> None:
    """Without the extra, the commands that need it say how to install it."""
    done = _run(installed / "rapupload", "simulate", "--port", "0", cwd=tmp_path)
    assert done.returncode == 10, done.stdout
    assert "rapupload[simulator]" in done.stderr
    assert "Traceback" not in done.stderr
