"""What accounts have here beyond allauth's own pages, and instead of one. Mounted at /accounts/ before them."""

from django.urls import URLPattern, path

from marketplace.users.views import ReauthenticateWithKey, close_account, second_step

urlpatterns: list[URLPattern] = [
    path("close/", close_account, name="account_close"),
    path("second-step/", second_step, name="second_step"),
    path("2fa/webauthn/reauthenticate/", ReauthenticateWithKey.as_view(), name="mfa_reauthenticate_webauthn"),
]
