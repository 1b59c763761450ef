"""Routes of the finance pages."""

from django.urls import path

from miaopu.portal.views import (
    finance_awards,
    finance_batch,
    finance_batches,
    finance_budget,
    finance_payments,
    finance_results,
    finance_returns,
)

urlpatterns = [
    path("finance/", finance_budget.finance_home, name="finance_home"),
    path("finance/accounts/<int:pk>/", finance_budget.account, name="account"),
    path("finance/payments/", finance_payments.payments, name="payments"),
    path("finance/awards/<str:number>/", finance_awards.finance_award, name="finance_award"),
    path("finance/awards/<str:number>/pay/", finance_awards.pay, name="pay"),
    path("finance/awards/<str:number>/release/", finance_awards.release, name="release"),
    path(
        "finance/awards/<str:number>/return/", finance_returns.return_payment, name="return_payment"
    ),
    path("finance/batches/", finance_batches.batches, name="payment_batches"),
    path("finance/batches/new/", finance_batches.batch_new, name="payment_batch_new"),
    path("finance/batches/<str:number>/", finance_batch.batch, name="payment_batch"),
    path(
        "finance/batches/<str:number>/cancel/",
        finance_batch.batch_cancel,
        name="payment_batch_cancel",
    ),
    path(
        "finance/batches/<str:number>/files/<str:kind>/",
        finance_batch.batch_file,
        name="payment_batch_file",
    ),
    path(
        "finance/batches/<str:number>/results/",
        finance_batch.batch_reply_add,
        name="payment_batch_reply_add",
    ),
    path(
        "finance/batches/<str:number>/results/<int:pk>/",
        finance_results.batch_reply,
        name="payment_batch_reply",
    ),
    path(
        "finance/batches/<str:number>/lines/<int:position>/",
        finance_results.batch_line,
        name="payment_batch_line",
    ),
]
