"""Routes of targets, their decomposition and target letters."""

from django.urls import path

from miaopu.portal.views import (
    office_target,
    office_target_board,
    office_target_edit,
    office_target_letters,
)

urlpatterns = [
    path("office/targets/", office_target_board.target_board, name="target_board"),
    path("office/targets/<slug:slug>/<str:key>/", office_target.target, name="target"),
    path(
        "office/targets/<slug:slug>/<str:key>/open/", office_target.target_open, name="target_open"
    ),
    path(
        "office/targets/<slug:slug>/<str:key>/members/",
        office_target.target_members,
        name="target_members",
    ),
    path(
        "office/targets/<slug:slug>/<str:key>/edit/",
        office_target_edit.target_edit,
        name="target_edit",
    ),
    path(
        "office/targets/<slug:slug>/<str:key>/table.xlsx",
        office_target_edit.target_export,
        name="target_export",
    ),
    path(
        "office/targets/<slug:slug>/<str:key>/marked.xlsx",
        office_target_edit.target_marked,
        name="target_marked",
    ),
    path(
        "office/targets/<slug:slug>/<str:key>/step/<str:step>/",
        office_target.target_step,
        name="target_step",
    ),
    path("office/target-letters/", office_target_letters.target_letters, name="target_letters"),
    path(
        "office/target-letters/make/",
        office_target_letters.target_letters_make,
        name="target_letters_make",
    ),
    path(
        "office/target-letters/<int:pk>/", office_target_letters.target_letter, name="target_letter"
    ),
    path(
        "office/target-letters/<int:pk>/file/<str:kind>/",
        office_target_letters.target_letter_file,
        name="target_letter_file",
    ),
    path(
        "office/target-letters/<int:pk>/step/<str:step>/",
        office_target_letters.target_letter_step,
        name="target_letter_step",
    ),
]
