"""Pages that sold something are not deleted: orders, tickets and licenses lead back to them."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.views.pages.utils import type_to_delete_confirmation

from marketplace.core.errors import Refusal


def guard_deletion(
    request: HttpRequest, pages: Iterable[Any], model: type[Any], *, has_sales: Callable[[Any], bool], release: Any
) -> HttpResponse | None:
    """For Wagtail's hooks: say no and lead back, or (when it is confirmed) let go of rows nobody ordered.

    Looks at everything below the pages too. The database refuses in any case; this is so that a person is told why.
    """
    doomed = [below for page in pages for below in model.objects.descendant_of(page, inclusive=True)]
    sold = next((page for page in doomed if has_sales(page) and not page.get_translations().exists()), None)
    if sold is not None:
        text = _("“%(title)s” cannot be deleted: somebody has ordered there. Unpublish it, or cancel it, instead.")
        messages.error(request, text % {"title": sold.title})
        return redirect("wagtailadmin_explore", sold.get_parent().pk)
    if request.method == "POST" and type_to_delete_confirmation(request):
        for page in doomed:
            try:
                release(page)
            except Refusal as refusal:  # an order came in between
                messages.error(request, str(refusal))
                return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None
