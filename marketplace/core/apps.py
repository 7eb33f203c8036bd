from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "marketplace.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.core import append_only

        # SQLite drops triggers whenever a migration remakes a table, so they are put back after every migrate.
        post_migrate.connect(append_only.install_all, dispatch_uid="core.append_only")
