from typing import Any

from django.http import HttpRequest

from home import navigation


def site(request: HttpRequest) -> dict[str, Any]:
    """Name and navigation of the site, for the frame of every page. No query while cached, two when not."""
    frame = navigation.frame(request)
    return {
        "site_name": frame["name"],
        "site_description": frame["description"],
        "site_email": frame["email"],
        "site_phone": frame["phone"],
        "terms_url": frame["terms_url"],
        "privacy_url": frame["privacy_url"],
        "primary_nav": [{**link, "current": _is_current(link["url"], request.path)} for link in frame["primary"]],
        "footer_nav": frame["footer"],
    }


def _is_current(url: str, path: str) -> bool:
    return url != "/" and "?" not in url and path.startswith(url)
