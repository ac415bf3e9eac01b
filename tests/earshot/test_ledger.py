import threading
import time

from earshot.ledger import Kind, Ledger, Observation


def seen(leg: str, kind: Kind = Kind.RECEIVED, **details: object) -> Observation:
    return Observation(time.monotonic_ns(), leg.split(" (")[0], leg, kind, **details)  # type: ignore[arg-type]


def message(type_: str) -> dict[str, object]:
    return {"type": type_}


def test_what_is_kept_is_numbered_in_order() -> None:
    ledger = Ledger()
    numbers = [ledger.keep(seen("Lena")).number for _ in range(3)]
    assert numbers == [0, 1, 2]
    assert [o.number for o in ledger.since(1)] == [1, 2]


def test_waiting_finds_what_came_before_the_question() -> None:
    ledger = Ledger()
    early = ledger.keep(seen("Lena", message=message("audio")))
    assert ledger.await_first(lambda o: o.type == "audio", within_s=0) is early


def test_waiting_ends_when_it_comes() -> None:
    ledger = Ledger()
    threading.Timer(0.05, lambda: ledger.keep(seen("Lena", message=message("audio")))).start()
    came = ledger.await_first(lambda o: o.type == "audio", within_s=30)
    assert came is not None
    assert came.type == "audio"


def test_waiting_passes_over_other_things_and_gives_up() -> None:
    ledger = Ledger()
    ledger.keep(seen("Lena", message=message("heartbeatAck")))
    assert ledger.await_first(lambda o: o.type == "audio", within_s=0.01) is None


def test_waiting_looks_no_further_back_than_asked() -> None:
    ledger = Ledger()
    ledger.keep(seen("Lena", message=message("audio")))
    assert ledger.await_first(lambda o: o.type == "audio", since=1, within_s=0) is None


def test_summary_counts_what_came_and_how_it_ended() -> None:
    ledger = Ledger()
    for _ in range(3):
        ledger.keep(seen("Lena", message=message("audio")))
    ledger.keep(seen("Amina", message=message("error")))
    ledger.keep(seen("Lena", Kind.CLOSED, code=1001, words="idle"))
    assert ledger.summary("Lena") == "Lena received 3 × audio, the connection was closed (1001 idle)"
    assert ledger.summary("Bruno") == "Bruno received nothing"
