"""Routes of what a base's record holds besides, and of anomalies. They come before `bases`."""

from django.urls import path

from miaopu.portal.views import office_anomalies, office_base_record, operator_records

urlpatterns = [
    path("base-files/<int:pk>/", operator_records.base_file, name="base_file"),
    path("my/bases/<str:number>/record/", operator_records.base_record, name="base_record"),
    path("my/bases/<str:number>/describe/", operator_records.base_describe, name="base_describe"),
    path("my/bases/<str:number>/photos/", operator_records.photo_add, name="photo_add"),
    path("my/photos/<int:pk>/remove/", operator_records.photo_remove, name="photo_remove"),
    path(
        "my/bases/<str:number>/changes/<slug:kind>/",
        operator_records.base_change_file,
        name="base_change_file",
    ),
    path("my/bases/<str:number>/leave/", operator_records.base_leave, name="base_leave"),
    path("my/bases/<str:number>/anomalies/", office_anomalies.my_anomalies, name="my_anomalies"),
    path(
        "office/bases/<str:number>/record/",
        office_base_record.office_base_record,
        name="office_base_record",
    ),
    path(
        "office/base-changes/<int:pk>/<slug:step>/",
        office_base_record.base_change_check,
        name="base_change_check",
    ),
    path(
        "office/base-exits/<int:pk>/<slug:step>/",
        office_base_record.base_exit_decide,
        name="base_exit_decide",
    ),
    path("office/anomalies/", office_anomalies.office_anomalies, name="office_anomalies"),
    path("office/anomalies/start/", office_anomalies.anomalies_start, name="anomalies_start"),
    path("office/anomalies/<int:pk>/", office_anomalies.office_anomaly, name="office_anomaly"),
    path("office/anomalies/<int:pk>/clear/", office_anomalies.anomaly_clear, name="anomaly_clear"),
]
