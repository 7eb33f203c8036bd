from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from search.presentation import search_context


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """One search box for the whole market."""
    return render(request, "pages/search/search.html", search_context(request))
