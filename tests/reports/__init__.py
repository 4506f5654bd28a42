"""Shared by the tests of pages that show figures."""


def settle(client, user):
    """Signs in and opens one page, so that a query budget counts the page and not the first write of the session."""
    client.force_login(user)
    client.get("/accounts/me/")
