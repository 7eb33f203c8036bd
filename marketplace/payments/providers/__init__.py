"""The providers as configured. Each lives in a package of its own, which alone knows its SDK or wire format."""

from functools import cache

from django.utils.module_loading import import_string

from marketplace.payments import conf
from marketplace.payments.errors import ProviderUnknown
from marketplace.payments.providers.base import PaymentProvider


def provider(slug: str) -> PaymentProvider:
    """The provider of that name. Raises `ProviderUnknown`."""
    path = conf.provider_paths().get(slug)
    if path is None:
        raise ProviderUnknown
    return _load(path)


def providers() -> list[PaymentProvider]:
    """All of them, in the order they are offered."""
    return [provider(slug) for slug in conf.provider_paths()]


@cache
def _load(path: str) -> PaymentProvider:
    made: PaymentProvider = import_string(path)()
    return made
