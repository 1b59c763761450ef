"""Routes of the policy library, the fee lists and the versions of programmes."""

from django.urls import path

from miaopu.portal.views import (
    office_fees,
    office_policies,
    office_policy,
    office_versions,
    policy_subscriptions,
    public_fees,
    public_policies,
)

urlpatterns = [
    path("policies/", public_policies.policy_list, name="policy_list"),
    path(
        "policies/subscriptions/",
        policy_subscriptions.policy_subscriptions,
        name="policy_subscriptions",
    ),
    path(
        "policies/subscriptions/<int:pk>/end/",
        policy_subscriptions.policy_subscription_end,
        name="policy_subscription_end",
    ),
    path("policies/<str:code>/", public_policies.policy, name="policy"),
    path("policies/<str:code>/file/", public_policies.policy_file, name="policy_file"),
    path("office/policies/", office_policies.policy_library, name="policy_library"),
    path("office/policies/new/", office_policies.policy_new, name="policy_new"),
    path("office/policies/<str:code>/", office_policy.policy_manage, name="policy_manage"),
    path("office/policies/<str:code>/draft/", office_policy.policy_draft, name="policy_draft"),
    path("office/policies/<str:code>/amend/", office_policies.policy_amend, name="policy_amend"),
    path("office/policies/<str:code>/review/", office_policy.policy_review, name="policy_review"),
    path("office/policies/<str:code>/<str:step>/", office_policy.policy_step, name="policy_step"),
    path("fees/", public_fees.fee_list, name="fee_list"),
    path("office/fees/", office_fees.fee_lists, name="fee_lists"),
    path("office/fees/workbook/", office_fees.fee_workbook_file, name="fee_workbook_file"),
    path("office/fees/<int:pk>/", office_fees.fee_version, name="fee_version"),
    path("office/fees/<int:pk>/publish/", office_fees.fee_publish, name="fee_publish"),
    path(
        "office/programme-versions/", office_versions.programme_versions, name="programme_versions"
    ),
]
