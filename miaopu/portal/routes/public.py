"""Routes of the public pages."""

from django.urls import URLPattern, path

from miaopu.portal.views import (
    public_awards,
    public_books,
    public_clause,
    public_home,
    public_item,
    public_money,
    public_objection,
    public_open_data,
    public_programme,
    public_publicity,
    public_self_check,
)

urlpatterns: list[URLPattern] = [
    path("", public_home.home, name="home"),
    path("programmes/<slug:slug>/", public_programme.programme, name="programme"),
    path("programmes/<slug:slug>/clauses/<path:path>/", public_clause.clause, name="clause"),
    path("programmes/<slug:slug>/items/<str:code>/", public_item.item, name="item"),
    path("publicity/", public_publicity.publicity_list, name="publicity_list"),
    path("publicity/objections/", public_objection.objection_follow, name="objection_follow"),
    path(
        "publicity/<str:number>/objection/", public_objection.objection_make, name="objection_make"
    ),
    path("publicity/<str:number>/", public_publicity.publicity, name="publicity"),
    path(
        "publicity/<str:number>/content.json",
        public_publicity.publicity_content,
        name="publicity_content",
    ),
    path("self-check/", public_self_check.self_check, name="self_check"),
    path("money/", public_money.money, name="money"),
    path("money/awards/", public_awards.awards, name="awards"),
    path("money/awards/<str:number>/", public_awards.award, name="award"),
    path("verify/", public_books.verify, name="verify"),
    path("open-data/", public_open_data.open_data_index, name="open_data"),
    path("open-data/manifest.json", public_open_data.open_data_manifest, name="open_data_manifest"),
    path("open-data/miaopu-open-data.zip", public_open_data.open_data_set, name="open_data_set"),
    path("open-data/books.json", public_books.books_export, name="books_export"),
    path("open-data/figures.json", public_books.figures, name="figures"),
]
