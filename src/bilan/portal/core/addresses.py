"""Where a request came from."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the address of the client, or None where it is none.

    With ``BILAN_PROXIES=n`` the n-th address from the right of X-Forwarded-For counts: what stands left of those that
    our own proxies added may have been made up by the client.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if count := settings.BILAN_PROXIES:
        passed = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        address = passed[-count] if len(passed) >= count else address
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None
