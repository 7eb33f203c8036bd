"""Addresses of the panels and their dialogs, under the admin's own."""

from django.urls import path

from marketplace.products.views import plans, rows, versions

app_name = "product_rows"
urlpatterns = [
    path("<int:page_id>/plans/", rows.plans, name="plans"),
    path("<int:page_id>/plans/add/", plans.AddPlan.as_view(), name="add_plan"),
    path("plans/<int:pk>/edit/", plans.EditPlan.as_view(), name="edit_plan"),
    path("plans/<int:pk>/stop/", plans.StopPlan.as_view(), name="stop_plan"),
    path("plans/<int:pk>/resume/", plans.ResumePlan.as_view(), name="resume_plan"),
    path("plans/<int:pk>/delete/", plans.DeletePlan.as_view(), name="delete_plan"),
    path("<int:page_id>/versions/", rows.versions, name="versions"),
    path("<int:page_id>/versions/add/", versions.AddVersion.as_view(), name="add_version"),
    path("versions/<int:pk>/edit/", versions.EditVersion.as_view(), name="edit_version"),
    path("versions/<int:pk>/files/add/", versions.AddFile.as_view(), name="add_file"),
    path("versions/<int:pk>/withdraw/", versions.WithdrawVersion.as_view(), name="withdraw_version"),
    path("versions/<int:pk>/restore/", versions.RestoreVersion.as_view(), name="restore_version"),
    path("versions/<int:pk>/delete/", versions.DeleteVersion.as_view(), name="delete_version"),
    path("files/<int:pk>/delete/", versions.DeleteFile.as_view(), name="delete_file"),
]
