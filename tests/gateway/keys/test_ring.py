import threading

from gateway.keys import Allowance, Key, Keyring, digest_of
from gateway.settings import KeySettings


def in_file(secret: bytes, **limits: int) -> KeySettings:
    return KeySettings.model_validate({"hash": digest_of(secret).hex(), "name": "file", **limits})


def created(secret: bytes) -> Key:
    return Key(digest_of(secret), "created")


def test_without_keys_the_ring_is_open() -> None:
    ring = Keyring([])
    assert not ring.closed
    assert ring.find(b"eh-x") is None


def test_keys_of_both_kinds_are_found() -> None:
    ring = Keyring([in_file(b"eh-file")])
    assert ring.closed
    ring.replace_created([created(b"eh-created")], closed=True)
    assert [found.name if found else None for found in map(ring.find, (b"eh-file", b"eh-created", b"eh-other"))] == [
        "file",
        "created",
        None,
    ]


def test_a_key_in_the_file_wins_over_a_created_one() -> None:
    ring = Keyring([in_file(b"eh-x", requests_per_minute=2)])
    ring.replace_created([created(b"eh-x")], closed=True)
    assert ring.find(b"eh-x") == Key(digest_of(b"eh-x"), "file", (), Allowance(2))


def test_revoking_the_last_created_key_does_not_open_the_ring() -> None:
    ring = Keyring([])
    ring.replace_created([created(b"eh-x")], closed=True)
    ring.replace_created([], closed=True)
    assert ring.closed
    assert ring.find(b"eh-x") is None


def test_a_changed_configuration_replaces_its_own_keys_only() -> None:
    ring = Keyring([in_file(b"eh-old")])
    ring.replace_created([created(b"eh-created")], closed=True)
    ring.replace_declared([in_file(b"eh-new")])
    found = [ring.find(secret) is not None for secret in (b"eh-old", b"eh-new", b"eh-created")]
    assert found == [False, True, True]


def test_keys_in_the_file_stay_whatever_happens_to_created_ones() -> None:
    ring = Keyring([in_file(b"eh-file")])
    ring.replace_created([], closed=False)
    assert ring.closed
    assert ring.find(b"eh-file") is not None


def test_a_key_taken_out_of_the_file_is_gone_whatever_a_thread_replaces_meanwhile() -> None:
    ring = Keyring([in_file(b"eh-file")])
    ending = threading.Event()

    def replace() -> None:
        while not ending.is_set():
            ring.replace_created([created(b"eh-created")], closed=True)

    thread = threading.Thread(target=replace)
    thread.start()
    try:
        for _ in range(2_000):
            ring.replace_declared([in_file(b"eh-file")])
            ring.replace_declared([])
            assert ring.find(b"eh-file") is None
    finally:
        ending.set()
        thread.join()
