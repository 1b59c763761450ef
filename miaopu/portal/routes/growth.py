"""Routes of tenants' growth: plans, needs, months, rewards, follow-ups."""

from django.urls import path

from miaopu.portal.views import growth_pages, operator_months, operator_tenants

urlpatterns = [
    path("my/growth/<str:number>/", growth_pages.my_growth, name="my_growth"),
    path("my/growth/<str:number>/<str:act>/", growth_pages.my_growth_act, name="my_growth_act"),
    path(
        "my/growth/<str:number>/needs/<int:need>/<str:step>/",
        growth_pages.my_growth_need,
        name="my_growth_need",
    ),
    path("office/growth/<str:number>/", growth_pages.office_growth, name="office_growth"),
    path(
        "office/growth/<str:number>/<str:act>/",
        growth_pages.office_growth_act,
        name="office_growth_act",
    ),
    path(
        "office/growth/<str:number>/needs/<int:need>/<str:step>/",
        growth_pages.office_growth_need,
        name="office_growth_need",
    ),
    path("my/bases/<str:number>/months/", operator_months.months, name="months"),
    path(
        "my/bases/<str:number>/months/<str:month>/workbook/",
        operator_months.months_workbook,
        name="months_workbook",
    ),
    path(
        "my/bases/<str:number>/months/returned/<int:delivery>/",
        operator_months.months_returned,
        name="months_returned",
    ),
    path(
        "my/tenancies/<str:number>/rewards/<int:item>/",
        operator_tenants.reward_claim,
        name="reward_claim",
    ),
    path(
        "my/tenancies/<str:number>/follow-ups/<int:months>/",
        operator_tenants.follow_up,
        name="follow_up",
    ),
]
