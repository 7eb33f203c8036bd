"""docs/roles.md names the roles the code has."""

import re
from pathlib import Path

from marketplace.backoffice.roles import ROLES

ROOT = Path(__file__).resolve().parents[3]


def test_the_table_of_roles_is_the_code():
    text = (ROOT / "docs/roles.md").read_text()
    table = text.split("| Role | Duty |")[1].split("\n\n")[0]
    assert re.findall(r"^\| (\w+) \| (.+?) \|$", table, re.MULTILINE) == [(role.name, role.duty) for role in ROLES]
