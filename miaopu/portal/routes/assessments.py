"""Routes of assessments: rankings for everybody, campaigns for offices, sheets for who scores."""

from django.urls import path

from miaopu.portal.views import (
    assessment_campaign,
    assessment_delisting,
    assessment_lists,
    assessment_public,
    assessment_report,
    assessment_result,
    assessment_sheet,
)

urlpatterns = [
    path("assessments/", assessment_public.rankings, name="rankings"),
    path("assessments/<int:pk>/", assessment_public.ranking, name="ranking"),
    path("office/assessments/", assessment_lists.campaigns, name="campaigns"),
    path("office/assessments/<int:pk>/", assessment_campaign.campaign, name="campaign"),
    path(
        "office/assessments/<int:pk>/report/<str:kind>/",
        assessment_report.report_file,
        name="campaign_report",
    ),
    path(
        "office/assessments/<int:pk>/<str:step>/",
        assessment_campaign.campaign_step,
        name="campaign_step",
    ),
    path("office/appeals/<int:pk>/", assessment_delisting.appeal_decide, name="appeal_decide"),
    path("office/delistings/<int:pk>/", assessment_delisting.delisting, name="delisting"),
    path(
        "office/delistings/<int:pk>/<str:step>/",
        assessment_delisting.delisting_step,
        name="delisting_step",
    ),
    path("my/assessments/", assessment_lists.my_assessments, name="my_assessments"),
    path("scoring/sheets/<int:pk>/", assessment_sheet.sheet, name="score_sheet"),
    path(
        "scoring/sheets/<int:pk>/<str:step>/",
        assessment_sheet.sheet_step,
        name="score_sheet_step",
    ),
    path("scoring/files/<int:pk>/", assessment_sheet.score_file, name="score_file"),
    path("scoring/late-files/<int:pk>/", assessment_sheet.late_score_file, name="late_score_file"),
    path("scoring/results/<int:pk>/", assessment_result.result, name="base_result"),
    path(
        "scoring/opinions/<int:pk>/<str:kind>/",
        assessment_result.opinion_file,
        name="opinion_file",
    ),
]
