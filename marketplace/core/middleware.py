"""The one place where refusals become responses, and where bodies are bounded."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from marketplace.core.errors import Refusal, TooLarge

GetResponse = Callable[[HttpRequest], HttpResponse]
STOREFRONT_BODY = 256 * 1024
"""Bytes. The largest honest form of the storefront is far smaller; webhooks check their own, tighter bound."""
LARGE = ("/admin/",)


def problem(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Render a refusal: a JSON problem document (RFC 9457) to programs, a page that says what to do next to people."""
    wants_json = request.path.startswith(("/api/", "/hooks/")) or "application/json" in request.headers.get(
        "Accept", ""
    )
    if wants_json:
        body = {
            "type": "about:blank",
            "status": refusal.status,
            "code": refusal.code,
            "detail": str(refusal),
            **refusal.details,
        }
        return JsonResponse(body, status=refusal.status, content_type="application/problem+json")
    return render(request, "pages/core/refusal.html", {"refusal": refusal}, status=refusal.status)


def body_limit(get_response: GetResponse) -> GetResponse:
    """Refuse oversize bodies before anything reads them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isdigit() else STOREFRONT_BODY + 1
        if size > STOREFRONT_BODY and not request.path.startswith(LARGE):
            return problem(request, TooLarge())
        return get_response(request)

    return middleware


class Refusals:
    """Turns a `Refusal` raised by a view into its response."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return problem(request, exception) if isinstance(exception, Refusal) else None


refusals = Refusals
