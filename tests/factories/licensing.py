"""A product with licenses sold, made row by row: what a paid order leaves behind."""

import datetime as dt
import hashlib
from itertools import count
from typing import Any

from django.core.files.base import ContentFile
from wagtail.models import Locale, Page

from marketplace.commerce.models import OrderLine
from marketplace.licensing.models import License
from marketplace.licensing.services import issue_licenses
from marketplace.products.models import LicensePlan, ProductIndexPage, ProductPage, ProductVersion, VersionFile
from tests.factories.ticketing import a_line, a_seller, an_offer

_numbers = count(1)


def a_product(**fields: Any) -> ProductPage:
    number = next(_numbers)
    root = Page.objects.get(depth=1)
    index: ProductIndexPage = root.add_child(instance=ProductIndexPage(title="Products", slug=f"products-{number}"))
    defaults = {"title": "Mpesa Ledger", "slug": f"ledger-{number}", "seller": a_seller()}
    page: ProductPage = index.add_child(instance=ProductPage(**{**defaults, **fields}))
    return page


def a_plan(product: ProductPage | None = None, **fields: Any) -> LicensePlan:
    product = product or a_product()
    offer = an_offer(product.seller, kind="license", title=product.title, name="One shop")
    defaults = {"name": "One shop", "offer": offer, "locale": Locale.get_default()}
    return LicensePlan.objects.create(product=product, **{**defaults, **fields})


def a_version(product: ProductPage, version: str = "2.4.0", **fields: Any) -> ProductVersion:
    released = fields.pop("released_on", dt.date(2026, 3, 1))
    return ProductVersion.objects.create(product=product, version=version, released_on=released, **fields)


def a_file(
    version: ProductVersion, content: bytes = b"the goods", name: str = "ledger.zip", **fields: Any
) -> VersionFile:
    checksum = hashlib.sha256(content).hexdigest()
    file = VersionFile(version=version, name=name, size=len(content), sha256=checksum, **fields)
    file.file.save(name, ContentFile(content), save=True)
    return file


def a_license_line(*, quantity: int = 1, plan: LicensePlan | None = None, **fields: Any) -> OrderLine:
    """Licenses sold and not issued yet. Fields are the order's."""
    plan = plan or a_plan()
    return a_line(plan.offer, quantity=quantity, **fields)


def a_license(plan: LicensePlan | None = None, **fields: Any) -> License:
    return issue_licenses(line=a_license_line(plan=plan, **fields))[0]
