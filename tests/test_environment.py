"""pyproject.toml, environment.yml and requirements.lock say the same."""

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")


def locked() -> dict[str, list[str]]:
    """Package → versions in the lock (several when Python versions differ)."""
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", LOCK, re.MULTILINE):
        found.setdefault(canonicalize_name(name), []).append(version)
    return found


def test_lock_satisfies_every_requirement_of_the_project():
    extras = PROJECT["optional-dependencies"]
    versions = locked()
    for text in [*PROJECT["dependencies"], *(line for lines in extras.values() for line in lines)]:
        requirement = Requirement(text)
        assert canonicalize_name(requirement.name) in versions, text
        assert all(requirement.specifier.contains(version) for version in versions[canonicalize_name(requirement.name)]), text


def test_lock_pins_hashes_and_names_no_address():
    blocks = re.split(r"\n(?=[A-Za-z0-9])", LOCK.strip())
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK
    assert "index-url" not in LOCK


def test_conda_environment_lists_the_same_packages_and_bounds():
    packages = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    listed = {line for line in packages if isinstance(line, str)} - {"pip"}
    assert listed == {f"python{PROJECT['requires-python']}", *PROJECT["dependencies"]}
    assert {"pip": ["-e ."]} in packages


def test_extras_are_cluster_test_and_dev():
    assert set(PROJECT["optional-dependencies"]) == {"cluster", "test", "dev"}
