"""Routes of the demo pages."""

from django.urls import URLPattern, path

from miaopu.portal.views import demo

urlpatterns: list[URLPattern] = [path("demo/clock/", demo.demo_clock, name="demo_clock")]
