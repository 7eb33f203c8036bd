"""Addresses of the panel and its dialogs, under the admin's own."""

from django.urls import path

from marketplace.events.views import dates, refunds, tickets
from marketplace.events.views.rows import rows

app_name = "event_rows"
urlpatterns = [
    path("<int:page_id>/rows/", rows, name="rows"),
    path("<int:page_id>/dates/add/", dates.AddDate.as_view(), name="add_date"),
    path("<int:page_id>/dates/copy/", dates.CopyDates.as_view(), name="copy_dates"),
    path("<int:page_id>/tickets/add/", tickets.AddTicket.as_view(), name="add_ticket"),
    path("dates/<int:pk>/edit/", dates.EditDate.as_view(), name="edit_date"),
    path("dates/<int:pk>/duplicate/", dates.DuplicateDate.as_view(), name="duplicate_date"),
    path("dates/<int:pk>/postpone/", dates.PostponeDate.as_view(), name="postpone_date"),
    path("dates/<int:pk>/cancel/", dates.CancelDate.as_view(), name="cancel_date"),
    path("dates/<int:pk>/delete/", dates.DeleteDate.as_view(), name="delete_date"),
    path("dates/<int:pk>/refund/", refunds.RefundDate.as_view(), name="refund_date"),
    path("bulk-refunds/<int:pk>/", refunds.ShowBulkRefund.as_view(), name="bulk_refund"),
    path("bulk-refunds/<int:pk>/work/", refunds.WorkOnBulkRefund.as_view(), name="work_on_bulk_refund"),
    path("tickets/<int:pk>/edit/", tickets.EditTicket.as_view(), name="edit_ticket"),
    path("tickets/<int:pk>/stop/", tickets.StopTicket.as_view(), name="stop_ticket"),
    path("tickets/<int:pk>/resume/", tickets.ResumeTicket.as_view(), name="resume_ticket"),
    path("tickets/<int:pk>/delete/", tickets.DeleteTicket.as_view(), name="delete_ticket"),
]
