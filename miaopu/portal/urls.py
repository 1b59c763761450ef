"""Every route of the portal, with its name. What is not here does not exist."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from miaopu.portal.accounts import SignInView, SignOutView
from miaopu.portal.views import care, gallery, kept

# "sign_in" comes first, so that a page's own name is ours; allauth reverses "account_login".
urlpatterns = [
    path("sign-in/", SignInView.as_view(), name="sign_in"),
    path("sign-in/", SignInView.as_view(), name="account_login"),
    path("sign-out/", SignOutView.as_view(), name="sign_out"),
    path("language/", login_not_required(require_POST(set_language)), name="set_language"),
    path("care/", care.set_care, name="set_care"),
    path("kept-forms/", kept.kept_list, name="kept_forms"),
    path("kept-forms/discard/", kept.discard, name="kept_form_discard"),
    path("gallery/", gallery.index, name="gallery"),
    path("gallery/clause/", gallery.clause, name="gallery_clause"),
    path("", include("miaopu.portal.routes.public")),
    path("", include("miaopu.portal.routes.benefits")),
    path("", include("miaopu.portal.routes.doubts")),
    path("", include("miaopu.portal.routes.enterprise")),
    path("", include("miaopu.portal.routes.office")),
    path("", include("miaopu.portal.routes.rules")),
    path("", include("miaopu.portal.routes.desk")),
    path("", include("miaopu.portal.routes.base_records")),
    path("", include("miaopu.portal.routes.bases")),
    path("", include("miaopu.portal.routes.inspections")),
    path("", include("miaopu.portal.routes.titles")),
    path("", include("miaopu.portal.routes.growth")),
    path("", include("miaopu.portal.routes.targets")),
    path("", include("miaopu.portal.routes.assessments")),
    path("", include("miaopu.portal.routes.assessment_papers")),
    path("", include("miaopu.portal.routes.finance")),
    path("", include("miaopu.portal.routes.supervision")),
    path("", include("miaopu.portal.routes.demo")),
    path("", include("miaopu.portal.routes.policies")),
    path("", include("miaopu.portal.routes.api")),
]
