"""Routes of rules, proposed rules and simulations."""

from django.urls import path

from miaopu.portal.views import (
    office_proposal,
    office_proposal_edit,
    office_rule_language,
    office_rules,
    office_simulation,
    office_simulator,
)

urlpatterns = [
    path("office/rules/", office_rules.rule_list, name="rule_list"),
    path("office/rules/language/", office_rule_language.rule_language, name="rule_language"),
    path("office/rules/proposals/<int:pk>/", office_proposal.rule_proposal, name="rule_proposal"),
    path(
        "office/rules/proposals/<int:pk>/edit/",
        office_proposal_edit.rule_proposal_edit,
        name="rule_proposal_edit",
    ),
    path(
        "office/rules/proposals/<int:pk>/<str:step>/",
        office_proposal.rule_proposal_step,
        name="rule_proposal_step",
    ),
    path("office/rules/<slug:slug>/check/", office_proposal_edit.rule_check, name="rule_check"),
    path("office/rules/<slug:slug>/<str:code>/", office_rules.rule, name="rule"),
    path(
        "office/rules/<slug:slug>/<str:code>/change/",
        office_proposal_edit.rule_change,
        name="rule_change",
    ),
    path("office/simulator/", office_simulator.simulator, name="simulator"),
    path("office/simulator/<int:pk>/", office_simulation.simulation, name="simulation"),
    path(
        "office/simulator/<int:pk>/save/", office_simulation.simulation_save, name="simulation_save"
    ),
    path(
        "office/simulator/<int:pk>/simulation.xlsx",
        office_simulation.simulation_export,
        name="simulation_export",
    ),
]
