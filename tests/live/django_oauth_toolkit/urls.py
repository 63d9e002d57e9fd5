"""The addresses of the project: the login page, and django-oauth-toolkit below /o/."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("o/", include("oauth2_provider.urls"))]
