"""The port of signatures: both ways through it, against published vectors."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash
from gmssl_pyx import sm2_verify_sm3_digest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.contracts.signatures import Algorithm, KeyPair, NoSuchAlgorithm, Signer, canonical, signer_for

ALGORITHMS = [signer_for(algorithm) for algorithm in Algorithm]
# RFC 8032, 7.1, test 2.
PRIVATE = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)
# GB/T 32905-2016, annex A.
ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
# GB/T 32918.5-2017, annex A.2: the key, and the signature over "message digest" by 1234567812345678.
X = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
Y = "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
R = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
S = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"


def der(*numbers: str) -> bytes:
    parts = b"".join(
        b"\x02" + bytes([len(body)]) + body
        for number in numbers
        for body in [(b"\x00" if int(number[:2], 16) > 127 else b"") + bytes.fromhex(number)]
    )
    return b"\x30" + bytes([len(parts)]) + parts


def test_ed25519_signs_as_published() -> None:
    key = KeyPair(bytes.fromhex(PUBLIC), bytes.fromhex(PRIVATE))
    signer = signer_for("Ed25519")
    assert signer.sign(key, b"\x72").hex() == SIGNATURE
    assert signer.verify(key.public, b"\x72", bytes.fromhex(SIGNATURE))


def test_sm3_hashes_as_published() -> None:
    hashing = Hash(SM3())
    hashing.update(b"abc")
    assert hashing.finalize().hex() == ABC


def test_sm2_verifies_as_published() -> None:
    public = bytes.fromhex(X + Y)
    assert signer_for("SM2-SM3").verify(public, b"message digest", der(R, S))
    assert not signer_for("SM2-SM3").verify(public, b"message digesT", der(R, S))


def test_the_digest_under_the_published_signature_is_that_of_sm3() -> None:
    digest = bytes.fromhex("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640")
    assert sm2_verify_sm3_digest(bytes.fromhex(X + Y), digest, der(R, S))


@pytest.mark.parametrize("signer", ALGORITHMS, ids=list(Algorithm))
def test_a_signature_holds_for_its_message_and_key_alone(signer: Signer) -> None:
    key, other = signer.generate(), signer.generate()
    signature = signer.sign(key, "同意印发。".encode())
    assert signer.verify(key.public, "同意印发。".encode(), signature)
    assert not signer.verify(key.public, "不同意印发。".encode(), signature)
    assert not signer.verify(other.public, "同意印发。".encode(), signature)


@pytest.mark.parametrize("signer", ALGORITHMS, ids=list(Algorithm))
@given(public=st.binary(max_size=70), signature=st.binary(max_size=80))
def test_rubbish_is_no_signature(signer: Signer, public: bytes, signature: bytes) -> None:
    assert not signer.verify(public, b"x", signature)


def test_an_unknown_algorithm_is_said() -> None:
    with pytest.raises(NoSuchAlgorithm):
        signer_for("MD5")


def test_what_json_cannot_say_is_not_canonical() -> None:
    with pytest.raises(ValueError, match="canonical"):
        canonical({"x": 2**60})
