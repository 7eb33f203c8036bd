from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.commerce.forms import FindForm
from marketplace.commerce.services import send_links
from marketplace.core.limits import at_most
from marketplace.core.net import client_ip


@require_http_methods(["GET", "POST"])
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """Lost your ticket? The answer is the same for every address; only its owner learns more, by mail."""
    form = FindForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "pages/commerce/find.html", {"form": form}, status=status)
    at_most(10, seconds=600, scope="orders-find", who=client_ip(request))
    send_links(email=form.cleaned_data["email"], locale=(get_language() or "en")[:10])
    said = _("If something was bought with %(email)s, the links are on their way there.")
    context = {"sent_text": said % {"email": form.cleaned_data["email"]}}
    return render(request, "pages/commerce/find.html", context)
