from django.http import HttpResponse


def later(request, **kw):
    return HttpResponse("later")
