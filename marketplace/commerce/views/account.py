from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.commerce import presentation
from marketplace.commerce.selectors import coming_up, orders_of_user

PER_PAGE = 10


@require_safe
@never_cache
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """A member's purchases: what is coming up first, then everything, newest first."""
    page = Paginator(orders_of_user(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = presentation.account_page(page, coming_up(request.user) if page.number == 1 else [])
    return render(request, "pages/commerce/account.html", context)
