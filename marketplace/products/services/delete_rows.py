from django.db import transaction
from django.db.models import ProtectedError

from marketplace.audit.services import record
from marketplace.catalog.errors import HasSales
from marketplace.catalog.services import discard_offer, was_ordered
from marketplace.products.errors import OnRecord, StillOffered
from marketplace.products.models import LicensePlan, ProductPage, ProductVersion, VersionFile
from marketplace.products.services.sync_offers import sync_offers


def delete_plan(*, plan: LicensePlan, actor_id: int | None) -> None:
    """Remove a plan nobody ordered, in every language, with its offer and its pool. Raises `HasSales`."""
    with transaction.atomic():
        offer = plan.offer
        if was_ordered([offer.pk]):
            raise HasSales
        for row in LicensePlan.objects.filter(offer=offer):
            record(action="license_plan.deleted", target=row, actor_id=actor_id, data={"name": row.name})
            row.delete()
        discard_offer(offer=offer, actor_id=actor_id)


def remove_file(*, file: VersionFile, actor_id: int | None) -> None:
    """Delete a file of a version, from storage too. Raises `StillOffered` while buyers may count on it."""
    if has_sales(file.version.product) and not file.version.yanked:
        raise StillOffered
    with transaction.atomic():
        record(action="version_file.deleted", target=file, actor_id=actor_id, data={"name": file.name})
        try:
            file.delete()
        except ProtectedError as error:  # downloads of it are on record
            raise OnRecord from error
        storage, name = file.file.storage, str(file.file.name)
        transaction.on_commit(lambda: storage.delete(name))


def delete_version(*, version: ProductVersion, actor_id: int | None) -> None:
    """Delete a version with its files. Raises `StillOffered` while buyers may count on it."""
    with transaction.atomic():
        for file in version.files.select_related("version__product"):
            remove_file(file=file, actor_id=actor_id)
        if has_sales(version.product) and not version.yanked:
            raise StillOffered
        record(action="version.deleted", target=version, actor_id=actor_id, data={"version": version.version})
        version.delete()


def release_rows(*, product: ProductPage, actor_id: int | None) -> None:
    """Before a page is deleted: hand its plans and versions to a translation, or delete them if nobody ordered.

    Raises `HasSales`. The foreign keys protect the page in any case; this is what makes deleting a draft easy.
    """
    with transaction.atomic():
        heir = product.get_translations().order_by("-live", "pk").first()
        if heir is not None:
            LicensePlan.objects.filter(product=product).update(product=heir)
            ProductVersion.objects.filter(product=product).update(product=heir)
            sync_offers(product=heir, actor_id=actor_id)
            return
        plans = {row.offer_id: row for row in product.plan_rows.select_related("offer")}
        for plan in plans.values():
            delete_plan(plan=plan, actor_id=actor_id)
        for version in product.version_rows.all():
            delete_version(version=version, actor_id=actor_id)


def has_sales(product: ProductPage) -> bool:
    """Does a plan entered on this page appear in an order or a cart?"""
    return was_ordered(LicensePlan.objects.filter(product=product).values_list("offer", flat=True))
