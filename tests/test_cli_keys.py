"""Keys are read one by one from a terminal, which is restored at the end."""

import os
import signal
from collections.abc import Iterator

import pytest

from bricoop.cli.posix_keys import Keys
from bricoop.identity.review.state import Key
from support.terminal_program import Terminal


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """A terminal."""
    opened = Terminal()
    yield opened
    opened.close()


@pytest.fixture
def keys(terminal: Terminal) -> Iterator[Keys]:
    """The keys of the terminal."""
    read = Keys(terminal.follower, lambda: None, lambda: None)
    read.start()
    yield read
    read.stop()


@pytest.mark.parametrize(
    ("pressed", "key"),
    [
        (b"y", "y"), (b"Y", "Y"), (b" ", " "), (b"\x1b[A", Key.UP), (b"\x1bOB", Key.DOWN),
        (b"\x1b[C", Key.RIGHT), (b"\x1b[D", Key.LEFT), (b"\x1b[5~", Key.PAGE_UP),
        (b"\x1b[6~", Key.PAGE_DOWN), (b"\x1b[H", Key.HOME), (b"\x1b[4~", Key.END),
        (b"\x1b", Key.ESCAPE), (b"\x1by", Key.OTHER), (b"\x1b[15;5~", Key.OTHER),
        (b"\t", Key.OTHER), (b"\r", Key.OTHER), ("ñ".encode(), Key.OTHER),
        ("是".encode(), Key.OTHER), (b"\x04", "q"),
    ],
)  # fmt: skip
def test_a_key_is_read_whole(terminal: Terminal, keys: Keys, pressed: bytes, key: str) -> None:
    terminal.press(pressed)
    assert keys.read() == key
    # Nothing of it is left for the next one.
    terminal.press("n")
    assert keys.read() == "n"


def test_keys_come_one_by_one_and_can_be_forgotten(terminal: Terminal, keys: Keys) -> None:
    terminal.press("y\x1b[An")
    assert [keys.read() for _ in range(3)] == ["y", Key.UP, "n"]
    terminal.press("yyy")
    assert keys.read() == "y"
    terminal.press("p")
    keys.discard()
    terminal.press("n")
    assert keys.read() == "n"


def test_another_size_of_the_window_ends_the_wait(terminal: Terminal, keys: Keys) -> None:
    os.kill(os.getpid(), signal.SIGWINCH)
    assert keys.read() == Key.RESIZED
    os.kill(os.getpid(), signal.SIGWINCH)
    terminal.press("y")
    assert [keys.read(), keys.read()] == [Key.RESIZED, "y"]


def test_a_closed_terminal_interrupts(terminal: Terminal) -> None:
    follower = os.dup(terminal.follower)
    keys = Keys(follower, lambda: None, lambda: None)
    keys.start()
    terminal.close()
    with pytest.raises(KeyboardInterrupt):
        keys.read()
    keys.stop()
    os.close(follower)


def test_the_terminal_and_handlers_are_restored(terminal: Terminal) -> None:
    numbers = (signal.SIGWINCH, signal.SIGTSTP)
    before = [signal.getsignal(number) for number in numbers]
    keys = Keys(terminal.follower, lambda: None, lambda: None)
    # What was not begun needs no end.
    keys.stop()
    keys.start()
    assert terminal.settings_now() != terminal.settings
    assert [signal.getsignal(number) for number in numbers] != before
    keys.stop()
    assert terminal.settings_now() == terminal.settings
    assert [signal.getsignal(number) for number in numbers] == before
    assert signal.set_wakeup_fd(-1) == -1
