from django.urls import path

from marketplace.ticketing import views

app_name = "ticketing"
urlpatterns = [
    path("tickets/keys.json", views.keys, name="keys"),
    path("tickets/<str:token>/", views.page, name="ticket"),
    path("tickets/<str:token>/attendee/", views.attendee, name="attendee"),
    path("tickets/<str:token>/ticket.pdf", views.pdf, name="pdf"),
    path("tickets/<str:token>/event.ics", views.calendar, name="calendar"),
    path("tickets/<str:token>/qr.svg", views.qr_svg, name="qr_svg"),
    path("tickets/<str:token>/qr.png", views.qr_png, name="qr_png"),
]
