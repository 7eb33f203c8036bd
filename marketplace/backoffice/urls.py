from django.urls import URLPattern, path

from marketplace.backoffice import health

urlpatterns: list[URLPattern] = [
    path("healthz/live", health.live, name="healthz_live"),
    path("healthz/ready", health.ready, name="healthz_ready"),
]
