"""Fake environments: the folders and files that tell an environment, without an interpreter that runs."""

from __future__ import annotations

from pathlib import Path


def installed(site: Path, *packages: str) -> Path:
    """Make a site-packages folder with metadata folders, "name==version" each."""
    site.mkdir(parents=True, exist_ok=True)
    for package in packages:
        name, _, version = package.partition("==")
        (site / f"{name.replace('-', '_')}-{version}.dist-info").mkdir()
    return site


def executable(path: Path) -> Path:
    """Make a file that looks like a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x7fELF")
    path.chmod(0o755)
    return path


def virtual(prefix: Path, *packages: str, minor: str = "3.11", shared: bool = False, home: str = "/usr/bin") -> Path:
    """Make a virtual environment."""
    executable(prefix / "bin" / "python")
    installed(prefix / "lib" / f"python{minor}" / "site-packages", *packages)
    (prefix / "pyvenv.cfg").write_text(
        f"home = {home}\ninclude-system-site-packages = {str(shared).lower()}\nversion = {minor}.9\n"
    )
    return prefix


def installation(prefix: Path, *packages: str, minor: str = "3.11") -> Path:
    """Make a plain installation, `python` being a link to the versioned program."""
    executable(prefix / "bin" / f"python{minor}")
    (prefix / "bin" / "python").symlink_to(f"python{minor}")
    installed(prefix / "lib" / f"python{minor}" / "site-packages", *packages)
    return prefix
