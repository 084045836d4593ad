"""The plan: the same bytes from the same scenario and seed, balanced order, seeds by name."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.common.errors import UserError
from collector.scenario.loader import load_scenario, parse_scenario
from collector.scenario.plan import Plan, derive_seed, make_plan
from collector.scenario.shipped import shipped_scenarios


def scenario(arms: int = 2, twins: int = 2, **more: Any) -> dict[str, Any]:
    names = [f"arm{number}" for number in range(arms)]
    steps = [{"visit": "home"}, {"follow": {"random": True}}, {"watch": "30s"}]
    return {
        "name": "t",
        "seed": 5,
        "block": 1,
        "arms": {name: {"twins": twins, "steps": steps} for name in names},
        **more,
    }


def plan(seed: int | None = None, **options: Any) -> Plan:
    return make_plan(parse_scenario(scenario(**options)), seed)


@pytest.mark.sweep(1)
@pytest.mark.parametrize("name", sorted(shipped_scenarios()))
def test_the_same_bytes_in_another_process(name: str) -> None:
    code = (
        "import sys; from collector.scenario.loader import load_scenario;"
        "from collector.scenario.plan import make_plan;"
        f"sys.stdout.buffer.write(make_plan(load_scenario({name!r})).to_json())"
    )
    env = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, env=env, check=True)
    here = make_plan(load_scenario(name))
    assert there.stdout == here.to_json()
    assert hashlib.sha256(there.stdout).hexdigest() == here.hash


def test_the_bytes_are_canonical() -> None:
    raw = plan().to_json()
    assert (
        raw
        == json.dumps(
            json.loads(raw), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()
    )


def test_another_seed_is_another_plan() -> None:
    assert plan(6).hash != plan().hash == plan(5).hash


def test_the_file_s_bytes_count_even_where_the_meaning_is_the_same() -> None:
    text = "name: t\narms: {a: {steps: [capture]}}\n"
    one, two = (make_plan(parse_scenario(each)) for each in (text, text + "# note\n"))
    assert one.source != two.source
    assert one.hash != two.hash
    assert one.sessions == two.sessions


def test_a_plan_reads_back() -> None:
    made = plan(persona="camille-fr")
    found = Plan.from_json(made.to_json())
    assert found == made
    assert found.hash == made.hash
    assert found.sessions[0].persona == made.sessions[0].persona


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b'{"format":"other/1"}', b"\xff"])
def test_what_is_no_plan_is_refused(damage: bytes) -> None:
    with pytest.raises(UserError, match="not a plan"):
        Plan.from_json(damage)


def test_the_snapshot_is_the_scenario() -> None:
    for name in shipped_scenarios():
        made = make_plan(load_scenario(name))
        again = make_plan(parse_scenario(made.scenario))
        assert again.sessions == make_plan(parse_scenario(again.scenario)).sessions
        assert again.sessions == made.sessions


def test_a_block_holds_one_twin_of_every_arm() -> None:
    made = plan(arms=3, twins=4)
    assert len(made.blocks) == 4
    for number, block in enumerate(made.blocks, 1):
        assert sorted(session.arm for session in block) == ["arm0", "arm1", "arm2"]
        assert [session.order for session in block] == [1, 2, 3]
        assert {session.twin for session in block} == {number}
    assert len({session.puppet for session in made.sessions}) == 12
    assert len({session.id for session in made.sessions}) == 12


@given(seed=st.integers(0, 2**63 - 1), arms=st.integers(1, 6), rounds=st.integers(1, 4))
@settings(max_examples=40)
def test_over_the_blocks_every_arm_is_at_every_place_equally_often(
    seed: int, arms: int, rounds: int
) -> None:
    made = plan(seed, arms=arms, twins=arms * rounds)
    places = Counter((session.arm, session.order) for session in made.sessions)
    assert set(places.values()) == {rounds}
    assert len(places) == arms * arms


def test_the_order_depends_on_the_seed() -> None:
    firsts = {plan(seed, arms=4).blocks[0][0].arm for seed in range(40)}
    assert len(firsts) == 4


def test_unequal_twins_leave_later_blocks_smaller() -> None:
    data = scenario()
    data["arms"]["arm0"]["twins"] = 3
    made = make_plan(parse_scenario(data))
    assert [len(block) for block in made.blocks] == [2, 2, 1]
    assert made.blocks[2][0].order == 1


def test_seeds_belong_to_names_not_to_positions() -> None:
    small, large = plan(twins=2), plan(twins=5)
    seeds = {session.puppet: session.seed for session in large.sessions}
    for session in small.sessions:
        assert seeds[session.puppet] == session.seed
    every = [step.seed for session in large.sessions for step in session.steps]
    assert len(set(every)) == len(every), "twins and steps choose independently"
    assert all(0 <= seed < 2**63 for seed in every)


def test_a_derived_seed_is_a_hash_of_its_name() -> None:
    digest = hashlib.sha256(b'[5,"session","a","1"]').digest()
    assert derive_seed(5, "session", "a", 1) == int.from_bytes(digest[:8], "big") >> 1


def test_repeats_are_written_out_with_their_paths() -> None:
    inner = {"repeat": {"times": 2, "steps": [{"watch": "5s"}]}}
    steps = ["capture", {"repeat": {"times": 2, "steps": [{"follow": "up_next"}, inner]}}]
    made = make_plan(
        parse_scenario(
            {
                "name": "t",
                "before": [{"visit": "home"}],
                "arms": {"a": {"steps": steps}},
                "after": ["capture"],
            }
        )
    )
    paths = [step.path for step in made.sessions[0].steps]
    assert paths == [
        "before.0",
        "arms.a.steps.0",
        "arms.a.steps.1.repeat[0].steps.0",
        "arms.a.steps.1.repeat[0].steps.1.repeat[0].steps.0",
        "arms.a.steps.1.repeat[0].steps.1.repeat[1].steps.0",
        "arms.a.steps.1.repeat[1].steps.0",
        "arms.a.steps.1.repeat[1].steps.1.repeat[0].steps.0",
        "arms.a.steps.1.repeat[1].steps.1.repeat[1].steps.0",
        "after.0",
    ]
    assert [step.index for step in made.sessions[0].steps] == list(range(9))


def test_a_plan_that_would_never_end_is_refused() -> None:
    inner = {"repeat": {"times": 1000, "steps": [{"watch": "5s"}]}}
    data = {"name": "t", "arms": {"a": {"steps": [{"repeat": {"times": 1000, "steps": [inner]}}]}}}
    with pytest.raises(UserError, match="more than 10,000 steps"):
        make_plan(parse_scenario(data))


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(UserError, match="is not a seed"):
        plan(seed)


def test_a_scenario_made_in_code_plans_too() -> None:
    loaded = parse_scenario(scenario())
    assert make_plan(loaded.scenario).sessions == make_plan(loaded).sessions
    assert len(make_plan(loaded.scenario).source) == 64
