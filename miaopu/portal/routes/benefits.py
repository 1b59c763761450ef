"""Routes of what an enterprise can get, and of its choices about being matched."""

from django.urls import path

from miaopu.portal.views import enterprise_benefits

urlpatterns = [
    path("my/benefits/", enterprise_benefits.benefits, name="benefits"),
    path(
        "my/enterprises/<str:number>/matching/",
        enterprise_benefits.matching_explained,
        name="matching_explained",
    ),
    path(
        "my/enterprises/<str:number>/matching/choice/",
        enterprise_benefits.matching_choice,
        name="matching_choice",
    ),
]
