"""Routes of standards, self-inspection, rectification, visits and surveys."""

from django.urls import path

from miaopu.portal.views import (
    office_inspections,
    office_rectifications,
    office_sheets,
    office_standards,
    office_visits,
    operator_inspections,
    operator_rectifications,
    tenant_surveys,
)

urlpatterns = [
    path("office/inspections/", office_inspections.inspection_board, name="inspection_board"),
    path(
        "office/inspections/<slug:slug>/<str:key>/open/",
        office_inspections.inspection_open,
        name="inspection_open",
    ),
    path(
        "office/surveys/<slug:slug>/<str:key>/open/",
        office_inspections.survey_open,
        name="survey_open",
    ),
    path("office/sheets/", office_inspections.inspection_sheets, name="inspection_sheets"),
    path("office/sheets/<int:pk>/", office_sheets.inspection_sheet, name="inspection_sheet"),
    path("office/sheets/<int:pk>/check/", office_sheets.sheet_check, name="sheet_check"),
    path("office/inspections/<int:pk>/sheets/", office_inspections.sheets_add, name="sheets_add"),
    path(
        "office/rectifications/",
        office_rectifications.rectification_list,
        name="rectification_list",
    ),
    path(
        "office/rectifications/<str:number>/",
        office_rectifications.rectification,
        name="rectification",
    ),
    path(
        "rectification-files/<int:pk>/",
        office_rectifications.rectification_file,
        name="rectification_file",
    ),
    path("office/care/<str:number>/", office_visits.office_base_care, name="office_base_care"),
    path("office/care/<str:number>/visit/", office_visits.visit_new, name="visit_new"),
    path(
        "office/care/<str:number>/standards/<slug:slug>/<str:key>/",
        office_standards.standard_answers,
        name="standard_answers",
    ),
    path("office/visits/<int:pk>/", office_visits.base_visit, name="base_visit"),
    path("office/visit-files/<int:pk>/", office_visits.visit_file, name="visit_file"),
    path("my/care/<str:number>/", operator_rectifications.my_base_care, name="my_base_care"),
    path("my/inspections/<int:pk>/", operator_inspections.my_sheet, name="my_sheet"),
    path(
        "my/rectifications/<str:number>/",
        operator_rectifications.my_rectification,
        name="my_rectification",
    ),
    path("my/surveys/<int:pk>/", tenant_surveys.my_survey, name="my_survey"),
]
