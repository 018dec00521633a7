"""Credentials among headers are known by their names."""

import pytest

from gateway.settings.headers import is_credential_header

CREDENTIAL_HEADERS = """
    authorization proxy-authorization cookie set-cookie x-api-key api-key x-goog-api-key x-auth-token x-amz-security-token x_api_key
    ocp-apim-subscription-key x-client-secret x-forwarded-client-cert x-vault-token x-session-token x-hub-signature
"""


@pytest.mark.parametrize("name", CREDENTIAL_HEADERS.split())
def test_a_header_that_carries_a_credential_is_known_by_its_name(name: str) -> None:
    assert is_credential_header(name)


@pytest.mark.parametrize("name", ["content-type", "x-app", "x-team", "user-agent", "idempotency-key", "x-keyboard", "x-author"])
def test_other_headers_are_not_taken_for_credentials(name: str) -> None:
    assert not is_credential_header(name)
