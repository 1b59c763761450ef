"""Routes of the enterprise pages, and of everybody's notices."""

from django.urls import path

from miaopu.portal.views import (
    enterprise_account,
    enterprise_cases,
    enterprise_check,
    enterprise_consent,
    enterprise_correction,
    enterprise_correction_check,
    enterprise_facts,
    enterprise_files,
    enterprise_form,
    enterprise_home,
    enterprise_offers,
    letters,
    notices,
)

urlpatterns = [
    path("my/", enterprise_home.my_home, name="my_home"),
    path("my/enterprises/<str:number>/", enterprise_facts.my_enterprise, name="my_enterprise"),
    path("my/enterprises/<str:number>/items/<int:item_id>/", enterprise_offers.offer, name="offer"),
    path(
        "my/enterprises/<str:number>/items/<int:item_id>/apply/",
        enterprise_offers.apply,
        name="apply",
    ),
    path("my/offers/notices/", enterprise_consent.offer_notices, name="offer_notices"),
    path("my/offers/<int:pk>/", enterprise_consent.my_offer, name="my_offer"),
    path("my/offers/<int:pk>/decline/", enterprise_consent.offer_decline, name="offer_decline"),
    path("my/cases/", enterprise_cases.my_cases, name="my_cases"),
    path("my/cases/<str:number>/", enterprise_cases.my_case, name="my_case"),
    path("my/cases/<str:number>/form/", enterprise_form.case_form, name="case_form"),
    path(
        "my/cases/<str:number>/form/<str:page>/",
        enterprise_form.case_question,
        name="case_question",
    ),
    path("my/cases/<str:number>/files/", enterprise_files.case_files, name="case_files"),
    path(
        "my/cases/<str:number>/files/<int:pk>/remove/",
        enterprise_files.case_file_remove,
        name="case_file_remove",
    ),
    path("my/cases/<str:number>/check/", enterprise_check.case_check, name="case_check"),
    path(
        "my/cases/<str:number>/correction/",
        enterprise_correction.my_correction,
        name="my_correction",
    ),
    path(
        "my/cases/<str:number>/correction/check/",
        enterprise_correction_check.correction_check,
        name="correction_check",
    ),
    path("my/cases/<str:number>/receipt/", enterprise_check.case_receipt, name="case_receipt"),
    path("my/cases/<str:number>/withdraw/", enterprise_cases.case_withdraw, name="case_withdraw"),
    path("my/cases/<str:number>/account/", enterprise_account.case_account, name="case_account"),
    path("my/cases/<str:number>/letter/<str:kind>/", letters.my_letter, name="my_letter"),
    path("my/files/<int:pk>/", enterprise_files.my_file, name="my_file"),
    path("notices/", notices.notices, name="notices"),
]
