from django.urls import path, re_path

from marketplace.payments import views

app_name = "payments"
urlpatterns = [
    path("stripe/", views.stripe, name="stripe"),
    path("sc/stk/<slug:token>/", views.stk, name="stk"),
    path("sc/c2b/<slug:token>/validate/", views.paybill_validate, name="paybill_validate"),
    path("sc/c2b/<slug:token>/confirm/", views.paybill_confirm, name="paybill_confirm"),
    re_path(
        r"^sc/(?P<door>b2c|ask|rev|balance)/(?P<token>[-\w]+)/(?P<end>result|timeout)/$", views.result, name="result"
    ),
]
