"""Routes of the office, audit and job pages."""

from django.urls import path

from miaopu.portal.views import (
    audit,
    jobs,
    letters,
    office_batch,
    office_batches,
    office_board,
    office_deliveries,
    office_delivery,
    office_entitlements,
    office_home,
    office_objections,
    office_offer,
    office_offers,
    office_packet,
    office_publicity,
    office_publish,
    office_queue,
    office_registry,
    office_step,
)

urlpatterns = [
    path("office/", office_home.office_home, name="office_home"),
    path("office/board/", office_board.office_board, name="office_board"),
    path("office/cases/", office_queue.case_queue, name="case_queue"),
    path("office/cases/<str:number>/", office_packet.case_packet, name="case_packet"),
    path("office/cases/<str:number>/<str:step>/", office_step.case_step, name="case_step"),
    path(
        "office/cases/<str:number>/letter/<str:kind>/", letters.office_letter, name="office_letter"
    ),
    path("office/files/<int:pk>/", office_packet.office_file, name="office_file"),
    path("office/entitlements/", office_entitlements.entitlements, name="entitlements"),
    path("office/entitlements/match/", office_entitlements.start_match, name="start_match"),
    path("office/offers/", office_offers.office_offers, name="office_offers"),
    path("office/offers/issue/", office_offers.issue_offers, name="issue_offers"),
    path("office/offers/<int:pk>/", office_offer.office_offer, name="office_offer"),
    path("office/enterprises/", office_registry.enterprise_search, name="enterprise_search"),
    path(
        "office/enterprises/<str:number>/",
        office_registry.office_enterprise,
        name="office_enterprise",
    ),
    path("office/deliveries/", office_deliveries.deliveries, name="deliveries"),
    path("office/deliveries/new/", office_deliveries.delivery_new, name="delivery_new"),
    path(
        "office/deliveries/template/", office_deliveries.delivery_template, name="delivery_template"
    ),
    path("office/deliveries/<str:number>/", office_delivery.delivery, name="delivery"),
    path(
        "office/deliveries/<str:number>/confirm/",
        office_delivery.delivery_confirm,
        name="delivery_confirm",
    ),
    path(
        "office/deliveries/<str:number>/returned/",
        office_delivery.delivery_returned,
        name="delivery_returned",
    ),
    path("office/batches/", office_batches.batches, name="batches"),
    path("office/batches/open/", office_batches.batch_open, name="batch_open"),
    path("office/batches/<str:number>/", office_batch.batch, name="batch"),
    path(
        "office/batches/<str:number>/ranking.xlsx", office_batch.batch_export, name="batch_export"
    ),
    path("office/batches/<str:number>/<str:step>/", office_batch.batch_step, name="batch_step"),
    path("office/publicity/", office_publicity.publicity_prepare, name="publicity_prepare"),
    path("office/publicity/publish/", office_publish.publish, name="publish"),
    path(
        "office/publicity/<str:number>/", office_publicity.office_publicity, name="office_publicity"
    ),
    path("office/publicity/<str:number>/decide/", office_publish.decide_list, name="decide_list"),
    path("office/objections/", office_objections.objections, name="objections"),
    path("office/objections/<str:number>/", office_objections.objection, name="objection"),
    path(
        "office/objections/<str:number>/file/",
        office_objections.objection_file,
        name="objection_file",
    ),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("audit/events/", audit.audit_events, name="audit_events"),
]
