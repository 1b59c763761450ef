"""Routes of the titles of bases: campaigns, proposals, lists, motions; the public's register."""

from django.urls import path

from miaopu.portal.views import (
    office_nomination,
    office_title,
    office_title_campaign,
    office_title_list,
    office_titles,
    public_titles,
)

urlpatterns = [
    path("titles/", public_titles.titles, name="titles"),
    path("titles/lists/<str:number>/", public_titles.title_list, name="title_list"),
    path("titles/objections/", public_titles.title_objection_follow, name="title_objection_follow"),
    path("office/titles/", office_titles.office_titles, name="office_titles"),
    path("office/titles/open/", office_titles.title_campaign_open, name="title_campaign_open"),
    path(
        "office/titles/campaigns/<str:number>/",
        office_title_campaign.title_campaign,
        name="title_campaign",
    ),
    path(
        "office/titles/campaigns/<str:number>/<slug:step>/",
        office_title_campaign.title_campaign_step,
        name="title_campaign_step",
    ),
    path("office/titles/nominations/<int:pk>/", office_nomination.nomination, name="nomination"),
    path(
        "office/titles/nominations/<int:pk>/<slug:step>/",
        office_nomination.nomination_step,
        name="nomination_step",
    ),
    path(
        "office/titles/lists/<str:number>/",
        office_title_list.office_title_list,
        name="office_title_list",
    ),
    path(
        "office/titles/lists/<str:number>/grant/",
        office_title_list.title_list_grant,
        name="title_list_grant",
    ),
    path(
        "office/titles/objections/<int:pk>/answer/",
        office_title_list.title_objection_answer,
        name="title_objection_answer",
    ),
    path("office/titles/<int:pk>/", office_title.office_title, name="office_title"),
    path(
        "office/titles/<int:pk>/<slug:kind>/",
        office_title.title_motion_new,
        name="title_motion_new",
    ),
    path(
        "office/titles/motions/<int:pk>/<slug:step>/", office_title.motion_step, name="motion_step"
    ),
]
