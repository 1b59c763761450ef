"""Routes of the finance pages."""

from django.urls import path

from miaopu.portal.views import finance_awards, finance_budget, finance_payments

urlpatterns = [
    path("finance/", finance_budget.finance_home, name="finance_home"),
    path("finance/accounts/<int:pk>/", finance_budget.account, name="account"),
    path("finance/payments/", finance_payments.payments, name="payments"),
    path("finance/awards/<str:number>/", finance_awards.finance_award, name="finance_award"),
    path("finance/awards/<str:number>/pay/", finance_awards.pay, name="pay"),
    path("finance/awards/<str:number>/release/", finance_awards.release, name="release"),
]
