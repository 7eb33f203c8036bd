"""Every address of the admin, read from the URL configuration."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver, reverse

Params = dict[str, Any]


@dataclass(frozen=True)
class Address:
    """One URL pattern: its namespaced name, its route as written, the names of its parameters."""

    name: str
    route: str
    params: frozenset[str]

    def url(self, given: Params) -> str:
        """Its URL for a thing; the key "?" holds a query string."""
        path = reverse(self.name, kwargs={name: given[name] for name in self.params})
        return f"{path}?{given['?']}" if "?" in given else path

    def __str__(self) -> str:
        return f"{self.name} ({self.route})"


def addresses(patterns: Any = None, route: str = "", space: str = "") -> Iterator[Address]:
    """Everything under /admin/, namespaces and includes flattened."""
    for found in get_resolver().url_patterns if patterns is None else patterns:
        here = route + str(found.pattern)
        if not (here.startswith("admin/") or "admin/".startswith(here)):
            continue
        if isinstance(found, URLPattern):
            regex = getattr(found.pattern, "regex", None)
            params = set(getattr(found.pattern, "converters", {})) | set(regex.groupindex if regex else ())
            yield Address(f"{space}{found.name or '-'}", here, frozenset(params))
        else:
            inner = f"{space}{found.namespace}:" if found.namespace else space
            yield from addresses(found.url_patterns, here, inner)
