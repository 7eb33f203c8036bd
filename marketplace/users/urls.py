"""What accounts have here beyond allauth's own pages. Mounted at /accounts/."""

from django.urls import URLPattern, path

from marketplace.users.views import close_account

urlpatterns: list[URLPattern] = [path("close/", close_account, name="account_close")]
