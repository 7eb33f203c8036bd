"""Pages about one seller's money, in the admin: mounted at /admin/money/ by `wagtail_hooks`."""

from django.urls import URLPattern, path

from marketplace.payouts.views import connect
from marketplace.payouts.views.destination import ChangeDestination, Destinations
from marketplace.payouts.views.movements import Movements
from marketplace.payouts.views.overview import AskForPayout, Overview, Payouts, Whose
from marketplace.payouts.views.statements import Download, InvoicePage, PayoutPage
from marketplace.payouts.views.verification import Identity

app_name = "seller_money"
urlpatterns: list[URLPattern] = [
    path("", Whose.as_view(), name="whose"),
    path("<int:seller_id>/", Overview.as_view(), name="overview"),
    path("<int:seller_id>/movements/<str:currency>/", Movements.as_view(), name="movements"),
    path("<int:seller_id>/ask/", AskForPayout.as_view(), name="ask"),
    path("<int:seller_id>/payouts/", Payouts.as_view(), name="payouts"),
    path("<int:seller_id>/payouts/<slug:code>/", PayoutPage.as_view(), name="payout"),
    path("<int:seller_id>/payouts/<slug:code>/invoice/", InvoicePage.as_view(), name="invoice"),
    path("<int:seller_id>/payouts/<slug:code>/<slug:what>.<slug:ending>", Download.as_view(), name="download"),
    path("<int:seller_id>/to/<str:currency>/", Destinations.as_view(), name="destination"),
    path("<int:seller_id>/to/<str:currency>/change/", ChangeDestination.as_view(), name="change_destination"),
    path("<int:seller_id>/identity/", Identity.as_view(), name="verification"),
    path("<int:seller_id>/identity/stripe/", connect.Begin.as_view(), name="connect"),
    path("<int:seller_id>/identity/stripe/back/", connect.Back.as_view(), name="connect_back"),
    path("<int:seller_id>/identity/stripe/again/", connect.Again.as_view(), name="connect_again"),
]
