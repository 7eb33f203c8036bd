from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class BackofficeConfig(AppConfig):
    name = "marketplace.backoffice"
    label = "backoffice"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import reverse
        from wagtail.permissions import register_permission_policy

        from marketplace.backoffice.add_only import AddOnly
        from marketplace.commerce import seller_pages
        from marketplace.commerce.models import OrderLine
        from marketplace.payouts.models import LevyRate, Terms
        from marketplace.sellers.policy import SellerOwnedPolicy

        register_permission_policy(OrderLine, SellerOwnedPolicy(OrderLine, "seller"))
        for model in (LevyRate, Terms):
            register_permission_policy(model, AddOnly(model))
        seller_pages.register("sale", lambda line_id: reverse("sales_modeladmin_inspect", args=[line_id]))
        seller_pages.register("request", lambda line_id: reverse("sale_request", args=[line_id]))
        # Django sends the signal once per app with models, after all migrations have run: once is enough.
        sender = apps.get_app_config("users")
        post_migrate.connect(sync_roles_after_migrate, sender=sender, dispatch_uid="backoffice.roles")


def sync_roles_after_migrate(*, using: str, **_: Any) -> None:
    """Permissions of apps further down the list are made only later: make them now, it may be repeated."""
    from django.contrib.auth.management import create_permissions
    from django.db import connections

    from marketplace.backoffice.services import sync_roles

    tables = set(connections[using].introspection.table_names())
    if not {"auth_group", "wagtailcore_grouppagepermission", "wagtailcore_groupapprovaltask_groups"} <= tables:
        return  # migrated to some point before these existed
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0, using=using)
    sync_roles()
