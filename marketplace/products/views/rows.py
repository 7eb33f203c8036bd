from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from marketplace.catalog.policy import require_rows
from marketplace.products.desk import plan_desk, version_desk
from marketplace.products.models import LicensePlan, ProductPage


def plans(request: HttpRequest, page_id: int) -> HttpResponse:
    """Plans with figures of this moment, for the panel's script."""
    page = get_object_or_404(ProductPage, pk=page_id)
    require_rows(request.user, page, LicensePlan)
    return TemplateResponse(request, "products/admin/plans.html", plan_desk(page))


def versions(request: HttpRequest, page_id: int) -> HttpResponse:
    """Versions and files, for the panel's script."""
    page = get_object_or_404(ProductPage, pk=page_id)
    require_rows(request.user, page, LicensePlan)
    return TemplateResponse(request, "products/admin/versions.html", version_desk(page))
