"""The shape of the repository."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIXED = {
    "manage.py",
    "pyproject.toml",
    "site",
    "marketplace",
    "home",
    "search",
    "templates",
    "static",
    "tests",
    "README.md",
}
BESIDE = {
    "Makefile", "docs", "CHANGELOG.md", "LICENSE", "requirements.txt", "requirements-dev.txt", "compose.yaml",
    "Dockerfile", "bench",
}  # fmt: skip


def tracked() -> list[str]:
    found = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return found.stdout.splitlines()


def test_site_is_a_folder_and_not_a_package():
    assert not (ROOT / "site" / "__init__.py").exists()


def test_git_does_not_ignore_the_project_package():
    status = subprocess.run(["git", "check-ignore", "-q", "site/config/urls.py"], cwd=ROOT, check=False).returncode
    assert status == 1


def test_no_mkdocs_configuration_can_wipe_site():
    config = ROOT / "mkdocs.yml"
    assert not config.exists() or "site_dir" in config.read_text()


def test_the_top_level_holds_what_a_reader_expects():
    top = {path.split("/")[0] for path in tracked()}
    assert top >= FIXED
    strangers = {name for name in top - FIXED - BESIDE if not name.startswith(".")}
    assert not strangers


def test_manage_py_holds_the_only_path_line_of_the_product():
    lines = [
        path
        for path in tracked()
        if path.endswith(".py")
        and not path.startswith(("tests/", "bench/"))
        and "sys.path.insert" in (ROOT / path).read_text()
    ]
    assert lines == ["manage.py"]
