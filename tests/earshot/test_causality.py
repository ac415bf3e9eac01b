"""A message is a surprise unless something that was done can have caused it."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from earshot.causality import SEEN_LATER_NS, Causality
from earshot.causes import HARNESS, LEAVES, THEMSELVES, Cause, Causes, Circle, Often, Timer, Unasked, by, order_at
from earshot.ledger import Kind, Ledger, Observation
from earshot.wire.leg import ASKS_TO_CONNECT

TICK = Timer("TICK_SECONDS", 30)
CAUSES = Causes(
    binary="talk",
    circle=Circle("room", frozenset({"enter"})),
    answers_repeat=frozenset({"id"}),
    asked_for=frozenset({"tongue"}),
    unasked=(
        Unasked("lit", "guest", by("host", "light"), repeats=("lamp",), to_latecomers=True),
        Unasked("rung", "guest", by("host", "ring"), says={"loud": True}),
        Unasked("came", "host", by("guest", "enter", LEAVES)),
        Unasked("over", "guest", by("host", LEAVES), Often.ONCE),
        Unasked("heard", "guest", (Cause("talk", "host", unless=(Cause("hush", "host"),)),), Often.ANY),
        Unasked("echoed", "guest", (Cause("talk", "host", {"aloud": True}),)),
        Unasked("rustled", "guest", (Cause("talk", "host", {"aloud": False}),), Often.ANY),
        Unasked("tick", "host", (), Often.EVERY, timer=TICK),
        Unasked("old", "host", by(THEMSELVES, "beat"), not_before=(TICK,)),
        Unasked("broken", "host", by(HARNESS, order_at("bell")), Often.ANY),
    ),
)


class House:
    """What is agreed about a house with a host and guests."""

    def answers(self, role: str) -> Mapping[str, frozenset[str]]:
        both = {"enter": frozenset({"entered"}), "beat": frozenset({"beaten"})}
        if role == "guest":
            return both
        return both | {name: frozenset({f"{name}ed"}) for name in ("light", "ring", "talk", "hush")}


class Scenario:
    """People at the door, one after the other."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.causality = Causality(self.ledger, {"house": CAUSES}, {"house": House()})
        self.later_ns = 0

    def keep(self, kind: Kind, leg: str, **details: object) -> None:
        at_ns = time.monotonic_ns() + self.later_ns
        self.ledger.keep(Observation(at_ns, leg, leg, kind, **details))  # type: ignore[arg-type]

    def enters(self, leg: str, role: str = "guest", room: str = "blue", **details: object) -> None:
        self.ledger.belongs(leg, "house", role)
        self.keep(Kind.SENT, leg, message={"action": "enter", "room": room, **details}, words=ASKS_TO_CONNECT)
        self.told(leg, "entered", room=room)

    def sends(self, leg: str, action: str, **details: object) -> None:
        self.keep(Kind.SENT, leg, message={"action": action, **details})

    def told(self, leg: str, type_: str, **details: object) -> None:
        self.keep(Kind.RECEIVED, leg, message={"type": type_, **details})

    def news(self) -> list[str]:
        return self.causality.news(at_the_end=True)


@pytest.fixture
def scenario() -> Scenario:
    scenario = Scenario()
    scenario.enters("Ana", "host")
    scenario.enters("Lena")
    scenario.enters("Amina", room="red")
    return scenario


# ---- answers


def test_one_answer_to_each_request_is_in_order(scenario: Scenario) -> None:
    for _ in range(2):
        scenario.sends("Ana", "beat")
    for _ in range(2):
        scenario.told("Ana", "beaten")
    assert scenario.news() == []


def test_a_second_answer_is_a_surprise(scenario: Scenario) -> None:
    scenario.sends("Ana", "beat")
    scenario.told("Ana", "beaten")
    scenario.told("Ana", "beaten")
    (sentence,) = scenario.news()
    assert sentence.startswith("Ana received beaten")
    assert "answers no request of theirs" in sentence


def test_an_answer_on_another_connection_is_a_surprise(scenario: Scenario) -> None:
    scenario.sends("Ana", "beat")
    scenario.told("Lena", "beaten")
    assert "Lena received beaten" in scenario.news()[0]


def test_answers_may_come_in_another_order_by_their_ids(scenario: Scenario) -> None:
    scenario.sends("Ana", "light", id=1)
    scenario.sends("Ana", "light", id=2)
    scenario.told("Ana", "lighted", id=2)
    scenario.told("Ana", "lighted", id=1)
    assert scenario.news() == []


def test_an_answer_with_an_id_that_nobody_gave_is_a_surprise(scenario: Scenario) -> None:
    scenario.sends("Ana", "light", id=1)
    scenario.told("Ana", "lighted", id=2)
    assert "(id 2)" in scenario.news()[0]


def test_a_binary_frame_is_a_request_as_well(scenario: Scenario) -> None:
    scenario.keep(Kind.SENT, "Ana", payload=b"..", is_binary=True)
    scenario.told("Ana", "talked")
    assert scenario.news() == []


def test_a_binary_frame_of_somebody_who_may_send_none_is_a_request_that_nobody_knows(scenario: Scenario) -> None:
    scenario.keep(Kind.SENT, "Lena", payload=b"..", is_binary=True)
    scenario.told("Lena", "error")
    assert scenario.news() == []


def test_what_a_request_is_nobody_knows_may_have_any_answer_once(scenario: Scenario) -> None:
    scenario.keep(Kind.SENT, "Lena", payload=b"{")
    scenario.told("Lena", "beaten")
    scenario.told("Lena", "beaten")
    assert len(scenario.news()) == 1


def test_an_error_is_the_answer_to_the_only_request_that_waits(scenario: Scenario) -> None:
    scenario.sends("Ana", "beat")
    scenario.told("Ana", "error")
    scenario.told("Ana", "beaten")
    assert len(scenario.news()) == 1


# ---- what comes unasked


def test_everybody_concerned_is_told_of_an_act_once(scenario: Scenario) -> None:
    scenario.enters("Omar")
    scenario.sends("Ana", "light", lamp=3)
    for guest in ("Lena", "Omar"):
        scenario.told(guest, "lit", lamp=3)
    scenario.told("Ana", "lighted")
    assert scenario.news() == []
    scenario.told("Lena", "lit", lamp=3)
    (sentence,) = scenario.news()
    assert "Lena received lit" in sentence
    assert "nobody did anything that causes it (lamp 3)" in sentence


def test_a_notice_of_a_change_that_nobody_made_is_a_surprise(scenario: Scenario) -> None:
    scenario.told("Lena", "lit")
    assert "nobody did anything that causes it" in scenario.news()[0]


def test_a_notice_of_another_change_than_was_made_is_a_surprise(scenario: Scenario) -> None:
    scenario.sends("Ana", "light", lamp=3)
    scenario.told("Lena", "lit", lamp=4)
    assert "(lamp 4)" in scenario.news()[0]


def test_a_number_may_be_rounded(scenario: Scenario) -> None:
    scenario.sends("Ana", "light", lamp=0.333333)
    scenario.told("Lena", "lit", lamp=0.33)
    assert scenario.news() == []


def test_a_bystander_told_of_a_change_elsewhere_is_a_surprise(scenario: Scenario) -> None:
    scenario.sends("Ana", "light")
    scenario.told("Amina", "lit")
    assert "Amina received lit" in scenario.news()[0]


def test_a_message_of_another_circle_is_a_surprise(scenario: Scenario) -> None:
    scenario.sends("Ana", "light")
    scenario.told("Lena", "lit", room="red")
    assert "of red, but takes part in blue" in scenario.news()[0]


def test_the_same_act_by_somebody_in_another_role_is_no_cause(scenario: Scenario) -> None:
    scenario.enters("Omar")
    scenario.sends("Omar", "light")
    scenario.told("Lena", "lit")
    assert len(scenario.news()) == 1


def test_who_comes_later_may_be_told_of_what_is_so_once(scenario: Scenario) -> None:
    scenario.sends("Ana", "light")
    scenario.told("Ana", "lighted")
    scenario.enters("Omar")
    scenario.told("Omar", "lit")
    assert scenario.news() == []
    scenario.told("Omar", "lit")
    assert len(scenario.news()) == 1


def test_who_comes_while_something_is_done_may_be_told_of_it(scenario: Scenario) -> None:
    scenario.sends("Ana", "ring")
    scenario.enters("Omar")
    scenario.told("Omar", "rung", loud=True)
    assert scenario.news() == []


def test_who_comes_after_it_was_done_may_not(scenario: Scenario) -> None:
    scenario.sends("Ana", "ring")
    scenario.told("Ana", "ringed")
    scenario.enters("Omar")
    scenario.told("Omar", "rung", loud=True)
    assert len(scenario.news()) == 1


def test_what_may_come_as_often_as_it_likes_needs_one_act(scenario: Scenario) -> None:
    scenario.told("Lena", "heard")
    assert len(scenario.news()) == 1
    scenario.sends("Ana", "talk")
    for _ in range(3):
        scenario.told("Lena", "heard")
    assert scenario.news() == []


def test_an_act_causes_nothing_after_what_takes_its_effect(scenario: Scenario) -> None:
    scenario.sends("Ana", "talk")
    scenario.sends("Ana", "hush")
    scenario.told("Lena", "heard")
    assert len(scenario.news()) == 1


@pytest.mark.parametrize(("notice", "aloud"), [("echoed", True), ("rustled", False)])
def test_an_act_that_says_something_else_is_no_cause(scenario: Scenario, notice: str, aloud: bool) -> None:
    scenario.sends("Ana", "talk", aloud=not aloud)
    scenario.told("Lena", notice)
    assert len(scenario.news()) == 1
    scenario.sends("Ana", "talk", aloud=aloud)
    scenario.told("Lena", notice)
    assert scenario.news() == []


def test_what_ends_is_over_once(scenario: Scenario) -> None:
    scenario.causality.leaves("Ana")
    scenario.told("Lena", "over")
    assert scenario.news() == []
    scenario.told("Lena", "over")
    assert "only once on a connection" in scenario.news()[0]


def test_others_may_learn_of_an_end_before_it_is_seen(scenario: Scenario) -> None:
    scenario.told("Lena", "over")
    assert scenario.causality.news() == []
    scenario.keep(Kind.CLOSED, "Ana", code=1001)
    assert scenario.news() == []


def test_an_end_that_comes_much_later_is_no_cause(scenario: Scenario) -> None:
    scenario.told("Lena", "over")
    assert scenario.causality.news() == []
    scenario.later_ns = 2 * SEEN_LATER_NS
    scenario.keep(Kind.CLOSED, "Ana", code=1001)
    assert len(scenario.news()) == 1


def test_everybody_leaving_at_the_end_explains_nothing_before(scenario: Scenario) -> None:
    scenario.told("Ana", "came", id=1)  # Lena
    scenario.told("Ana", "came", id=2)  # nobody
    scenario.causality.leaves("Lena")
    assert len(scenario.news()) == 1


def test_where_people_act_whom_nobody_sees_their_acts_are_taken_for_granted(scenario: Scenario) -> None:
    scenario.causality.has_unseen_people("blue")
    for _ in range(5):
        scenario.told("Ana", "came")
    assert scenario.news() == []


def test_a_timer_rings_no_more_often_than_it_is_set_to(scenario: Scenario) -> None:
    scenario.told("Ana", "tick")
    assert scenario.news() == []
    scenario.told("Ana", "tick")
    assert "2 times within 0.0 s, which may come every 30 s" in scenario.news()[0]
    scenario.later_ns = 65 * 10**9
    scenario.told("Ana", "tick")
    assert scenario.news() == []


def test_what_takes_its_time_may_not_come_before(scenario: Scenario) -> None:
    for _ in range(2):
        scenario.sends("Ana", "beat")
        scenario.told("Ana", "beaten")
    scenario.told("Ana", "old")
    assert "may come after 30 s" in scenario.news()[0]
    scenario.later_ns = 31 * 10**9
    scenario.told("Ana", "old")
    assert scenario.news() == []


def test_nobody_knows_the_time_that_a_foreign_service_is_set_to() -> None:
    scenario = Scenario()
    scenario.causality = Causality(scenario.ledger, {"house": CAUSES}, {"house": House()}, lambda _: None)
    scenario.enters("Ana", "host")
    scenario.sends("Ana", "beat")
    for type_ in ("beaten", "old", "tick", "tick"):
        scenario.told("Ana", type_)
    assert scenario.news() == []


def test_faults_come_of_orders(scenario: Scenario) -> None:
    scenario.told("Ana", "broken")
    assert len(scenario.news()) == 1
    scenario.causality.is_ordered("bell.rope", {}, "red")
    scenario.told("Ana", "broken")
    assert len(scenario.news()) == 1
    scenario.causality.is_ordered("bell.rope", {}, "blue")
    scenario.told("Ana", "broken")
    assert scenario.news() == []


# ---- what was not asked for


def test_what_somebody_did_not_ask_for_is_a_surprise(scenario: Scenario) -> None:
    scenario.enters("Omar", tongue="es")
    scenario.sends("Ana", "talk")
    scenario.told("Omar", "heard", tongue="es")
    assert scenario.news() == []
    scenario.told("Omar", "heard", tongue="fr")
    assert "with tongue fr, but had asked for es" in scenario.news()[0]


def test_a_message_of_a_type_that_nobody_knows_is_to_be_ignored(scenario: Scenario) -> None:
    scenario.told("Lena", "weather", sunny=True)
    assert scenario.news() == []


def test_connections_of_other_systems_are_not_judged(scenario: Scenario) -> None:
    scenario.ledger.belongs("Zoe", "garden", "guest")
    scenario.told("Zoe", "lit")
    assert scenario.news() == []


def test_each_message_is_looked_at_once() -> None:
    scenario = Scenario()
    scenario.enters("Ana", "host")
    for number in range(20_000):
        scenario.sends("Ana", "light", id=number)
        scenario.told("Ana", "lighted", id=number)
    began = time.process_time()
    for _ in range(200):
        assert scenario.causality.news() == []
    assert time.process_time() - began < 2
