from django.urls import path

from cases.views import campaigns, cases, recommendations, typical

app_name = "cases"
urlpatterns = [
    path("", cases.case_list, name="case-list"),
    path("export/", cases.case_export, name="case-export"),
    path("choices/", cases.case_choices, name="case-choices"),
    path("new/", cases.case_create, name="case-create"),
    path("<int:pk>/", cases.case_detail, name="case-detail"),
    path("<int:pk>/edit/", cases.case_edit, name="case-edit"),
    path("recommendations/", recommendations.recommendation_list, name="recommendation-list"),
    path("recommendations/export/", recommendations.recommendation_export, name="recommendation-export"),
    path("recommendations/new/", recommendations.recommendation_create, name="recommendation-create"),
    path("recommendations/<int:pk>/edit/", recommendations.recommendation_edit, name="recommendation-edit"),
    path("typical/", typical.typical_list, name="typical-list"),
    path("typical/export/", typical.typical_export, name="typical-export"),
    path("typical/new/", typical.typical_create, name="typical-create"),
    path("typical/<int:pk>/", typical.typical_detail, name="typical-detail"),
    path("typical/<int:pk>/edit/", typical.typical_edit, name="typical-edit"),
    path("campaigns/", campaigns.campaign_list, name="campaign-list"),
    path("campaigns/new/", campaigns.campaign_create, name="campaign-create"),
    path("campaigns/<int:pk>/", campaigns.campaign_detail, name="campaign-detail"),
    path("campaigns/<int:pk>/edit/", campaigns.campaign_edit, name="campaign-edit"),
]
