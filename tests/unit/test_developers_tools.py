"""The developers' scripts, as far as they can be tried without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the script is one of bash")


def python313(tmp_path: Path, *words: str, user: str = "0") -> subprocess.CompletedProcess[str]:
    """Runs tools/python313 where `id` names the given user and nothing of Debian is installed."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "sed", "env"):
        found = shutil.which(name)
        assert found is not None
        (programs / name).symlink_to(found)
    (programs / "id").write_text(f"#!{shutil.which('bash')}\necho {user}\n")
    (programs / "id").chmod(0o755)
    return subprocess.run(
        [ROOT / "tools" / "python313", *words],
        env={**os.environ, "PATH": str(programs)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_who_is_not_root_is_told_so(tmp_path: Path) -> None:
    result = python313(tmp_path, "--root", str(tmp_path / "root"), "true", user="1000")
    assert result.returncode == 3 and "must be root" in result.stderr
    assert not (tmp_path / "root").exists()


def test_where_there_is_no_debian(tmp_path: Path) -> None:
    result = python313(tmp_path, "--root", str(tmp_path / "root"), "true")
    assert result.returncode == 3 and "this is no Debian: apt-get is missing" in result.stderr
    assert not (tmp_path / "root").exists()


def test_without_a_command_it_says_how_to_use_it(tmp_path: Path) -> None:
    result = python313(tmp_path)
    assert result.returncode == 2 and "tools/python313 [--root DIR] COMMAND..." in result.stderr
