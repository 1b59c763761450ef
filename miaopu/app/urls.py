"""The site's routes: the portal's, and nothing else."""

from django.urls import include, path

urlpatterns = [path("", include("miaopu.portal.urls"))]

handler400 = "miaopu.portal.errors.bad_request"
handler403 = "miaopu.portal.errors.permission_denied"
handler404 = "miaopu.portal.errors.not_found"
handler500 = "miaopu.portal.errors.server_error"
handler429 = "miaopu.portal.errors.too_many"
