"""Routes of requests to correct facts."""

from django.urls import path

from miaopu.portal.views import fact_doubts

urlpatterns = [
    path(
        "my/enterprises/<str:number>/facts/<slug:fact>/doubt/",
        fact_doubts.fact_doubt,
        name="fact_doubt",
    ),
    path("office/fact-doubts/", fact_doubts.fact_doubts, name="fact_doubts"),
    path("office/fact-doubts/<int:pk>/", fact_doubts.office_fact_doubt, name="office_fact_doubt"),
]
