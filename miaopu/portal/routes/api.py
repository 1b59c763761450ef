"""Routes of the API, of the page about it, and of a user's tokens."""

from django.urls import include, path

from miaopu.portal.api import page
from miaopu.portal.api.site import routes
from miaopu.portal.views import account

urlpatterns = [
    path("api/", page.api_page, name="api_page"),
    path("api/v1/", include((routes(), "api"))),
    path("account/tokens/", account.tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke/", account.token_revoke, name="token_revoke"),
]
