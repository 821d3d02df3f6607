import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from stemlight.priority import raise_priority


def ask():
    """In a thread that ends at once: the test process keeps its own priority."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(raise_priority).result()


def test_what_was_granted_is_said_in_words():
    granted = ask()
    assert "priority" in granted.words
    assert "\n" not in granted.words


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's scheduler")
@pytest.mark.parametrize(
    ("grants_fifo", "grants_nice", "real_time"),
    [(True, True, True), (False, True, False), (False, False, False)],
)
def test_a_refusal_leads_to_the_next_best(monkeypatch, grants_fifo, grants_nice, real_time):
    asked = []

    def refuse_unless(granted, name):
        def ask_system(*_):
            asked.append(name)
            if not granted:
                raise PermissionError(name)

        return ask_system

    monkeypatch.setattr("os.sched_setscheduler", refuse_unless(grants_fifo, "fifo"))
    monkeypatch.setattr("os.setpriority", refuse_unless(grants_nice, "nice"))
    granted = ask()
    assert granted.real_time is real_time
    assert asked[0] == "fifo"
    assert ("nice" in asked) is not grants_fifo
    assert ("ordinary" in granted.words) is not (grants_fifo or grants_nice)
