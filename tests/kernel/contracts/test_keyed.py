"""Keyed digests are HMAC-SHA-256, whatever the secret."""

from __future__ import annotations

import hmac

from hypothesis import given
from hypothesis import strategies as st

from services.kernel.contracts.keyed import digest


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_digest_is_what_the_library_makes_of_it(secret: bytes, said: bytes) -> None:
    assert digest(secret, said) == digest(secret, said) == hmac.digest(secret, said, "sha256")
