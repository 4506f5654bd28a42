"""Addresses of the measurement: ours, and a page that shows fifty raw rows by the smallest template there could be."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from jinshi_zf.urls import urlpatterns as ours

# What a page of each list cannot do without: the newest fifty by an index, with what they belong to.
ROWS = {
    "entries": "SELECT e.id, e.number, e.title, f.name, e.state, e.deadline, e.registered_on FROM ledger_problementry e"
    " LEFT JOIN enterprises_enterprise f ON f.id = e.enterprise_id ORDER BY e.registered_on DESC, e.id DESC LIMIT 50",
    "activities": "SELECT a.id, a.kind, a.happened_on, f.name, a.summary, u.name FROM ledger_serviceactivity a"
    " LEFT JOIN enterprises_enterprise f ON f.id = a.enterprise_id JOIN accounts_unit u ON u.id = a.unit_id"
    " ORDER BY a.happened_on DESC, a.id DESC LIMIT 50",
    "enterprises": "SELECT id, name, uscc, contact_name FROM enterprises_enterprise ORDER BY id DESC LIMIT 50",
    "cases": "SELECT c.id, c.number, c.title, u.name FROM cases_legalcase c JOIN accounts_unit u ON u.id = c.unit_id"
    " ORDER BY c.id DESC LIMIT 50",
}
PAGE = (
    "<!doctype html><title>{{ user }}</title><table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>"
    "{% endfor %}</tr>{% endfor %}</table>"
)
template = engines["django"].from_string(PAGE)


def bare(request: HttpRequest, name: str) -> HttpResponse:
    """As little as a page can do that knows who asks: session, user, one statement, a table."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS[name])
        rows = cursor.fetchall()
    return HttpResponse(template.render({"rows": rows, "user": str(request.user)}))


urlpatterns = [path("bare/<name>/", bare), *ours]
