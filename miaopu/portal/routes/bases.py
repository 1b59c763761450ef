"""Routes of the bases: for the public, for offices, for those who run one."""

from django.urls import path

from miaopu.portal.views import office_bases, operator_bases, operator_tenants, public_bases

urlpatterns = [
    path("bases/", public_bases.bases, name="bases"),
    path("bases/<str:number>/", public_bases.base, name="base"),
    path("office/bases/", office_bases.office_bases, name="office_bases"),
    path("office/bases/<str:number>/", office_bases.office_base, name="office_base"),
    path(
        "office/bases/<str:number>/<str:step>/",
        office_bases.office_base_step,
        name="office_base_step",
    ),
    path("my/bases/", operator_bases.my_bases, name="my_bases"),
    path("my/enterprises/<str:number>/bases/new/", operator_bases.base_new, name="base_new"),
    path("my/bases/<str:number>/", operator_bases.my_base, name="my_base"),
    path("my/bases/<str:number>/change/", operator_bases.base_change, name="base_change"),
    path("my/bases/<str:number>/propose/", operator_bases.base_propose, name="base_propose"),
    path("my/bases/<str:number>/rooms/", operator_bases.room_add, name="room_add"),
    path("my/bases/<str:number>/tenants/new/", operator_bases.tenant_new, name="tenant_new"),
    path("my/tenancies/<str:number>/", operator_tenants.tenancy, name="tenancy"),
    path(
        "my/tenancies/<str:number>/<str:step>/",
        operator_tenants.tenancy_step,
        name="tenancy_step",
    ),
]
