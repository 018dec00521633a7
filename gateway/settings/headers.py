"""Which headers are credentials, by their names."""

import re

_CREDENTIAL = re.compile(
    r"(?:^|[-_])(?:authorization|authentication|cookies?2?|tokens?|secrets?|passwords?|passwd|credentials?|signature|jwt|assertion)(?:$|[-_])"
    r"|api[-_]?key|(?:access|auth|client|private|subscription|account|functions?|session)[-_]?(?:key|token|secret)"
    r"|^(?:key|x-key|x-auth|x-forwarded-client-cert)$"
)


def is_credential_header(name: str) -> bool:
    """Whether a header (lower case) carries a credential by its name; such headers are never captured, whoever lists them."""
    return _CREDENTIAL.search(name) is not None
