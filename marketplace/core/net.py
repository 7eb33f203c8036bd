"""Who is calling, as far as it can be believed."""

from django.http import HttpRequest

from marketplace.core import conf


def client_ip(request: HttpRequest) -> str:
    """The caller's address: the entry our own outermost proxy appended, never a header a stranger can write."""
    proxies = conf.trusted_proxies()
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if proxies and len(hops) >= proxies:
        return hops[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
