"""Routes of tasks, recurring duties, their calendar and summaries."""

from django.urls import path

from miaopu.portal.views import (
    office_calendar,
    office_duties,
    office_duty_record,
    office_summary,
    office_task,
    office_task_report,
    office_tasks,
    office_units,
)

urlpatterns = [
    path("office/tasks/", office_tasks.task_board, name="task_board"),
    path("office/tasks/units/", office_units.task_units, name="task_units"),
    path("office/tasks/units/<int:pk>/remove/", office_units.unit_remove, name="unit_remove"),
    path("office/tasks/files/<int:pk>/", office_task.task_file, name="task_file"),
    path("office/tasks/<int:pk>/", office_task.task, name="task"),
    path("office/tasks/<int:pk>/report/", office_task_report.task_report, name="task_report"),
    path("office/tasks/<int:pk>/<slug:step>/", office_task.task_step, name="task_step"),
    path("office/duties/", office_duties.duties, name="duties"),
    path("office/duties/records/<int:pk>/", office_duty_record.duty_record, name="duty_record"),
    path("office/duties/files/<int:pk>/", office_duty_record.duty_file, name="duty_file"),
    path("office/duties/<slug:slug>/<slug:key>/", office_duties.duty, name="duty"),
    path(
        "office/duties/<slug:slug>/<slug:key>/record/",
        office_duty_record.duty_record_new,
        name="duty_record_new",
    ),
    path("office/calendar/", office_calendar.duty_calendar, name="duty_calendar"),
    path("office/calendar/<int:pk>/revoke/", office_calendar.feed_revoke, name="feed_revoke"),
    path("calendar/<slug:secret>.ics", office_calendar.calendar_feed, name="calendar_feed"),
    path("office/summary/<slug:slug>/", office_summary.programme_summary, name="programme_summary"),
    path(
        "office/summary/<slug:slug>/<slug:half>.<slug:kind>",
        office_summary.summary_file,
        name="summary_file",
    ),
]
