"""The message definitions ISO 20022 publishes, as judges of what we write."""

from functools import cache
from importlib.resources import as_file, files

import xmlschema

from marketplace.payments.disbursements.pain001 import NAMESPACE


@cache
def definition() -> xmlschema.XMLSchema:
    """Of pain.001.001.09, as ISO published it in 2019."""
    with as_file(files("sepaxml") / "schemas" / "pain.001.001.09.xsd") as path:
        found = xmlschema.XMLSchema(str(path))
    assert found.target_namespace == NAMESPACE
    return found


def what_is_wrong(content: bytes) -> list[str]:
    """Every breach of the definition, in words; none for a valid document."""
    return [f"{error.path}: {error.reason}" for error in definition().iter_errors(content.decode())]
