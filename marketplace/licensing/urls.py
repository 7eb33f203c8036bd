from django.urls import path

from marketplace.licensing import views

app_name = "licensing"
urlpatterns = [
    path("licenses/<str:token>/", views.page, name="license"),
    path("licenses/<str:token>/key/", views.key, name="key"),
    path("licenses/<str:token>/files/<int:file_id>/", views.file, name="file"),
    path("downloads/<str:signed>/", views.download, name="download"),
]
