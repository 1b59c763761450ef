"""Routes of the papers of assessments: bulletins, certificates, and how to verify them."""

from django.urls import path

from miaopu.portal.views import assessment_papers

urlpatterns = [
    path(
        "assessments/<int:pk>/bulletin/<str:kind>/",
        assessment_papers.bulletin_file,
        name="bulletin_file",
    ),
    path(
        "assessments/certificates/<str:code>/",
        assessment_papers.certificate,
        name="certificate",
    ),
    path(
        "scoring/certificates/<int:pk>/<str:kind>/",
        assessment_papers.certificate_file,
        name="certificate_file",
    ),
]
