"""Every control and every number of the feed is in OSCQuery's tree, as the proposal describes nodes."""

import json

import pytest
from stemlight.bus.controls import CONTROLS
from stemlight.osc.oscquery_tree import Branch, Choice, Leaf, Tree, attribute, control_address, describe
from stemlight.osc.schema import stemlight_table


@pytest.fixture(scope="module")
def tree():
    return Tree({"stage.preset": [Choice("nave", "Nave"), Choice("ink", "Ink")]})


def leaves(node):
    if isinstance(node, Leaf):
        return [node]
    return [leaf for child in node.children.values() for leaf in leaves(child)]


def nodes(described):
    yield described
    for child in described.get("CONTENTS", {}).values():
        yield from nodes(child)


def read(leaf):
    return {"f": 0.5, "i": 3, "T": True, "s": "text"}[leaf.type_tag]


def test_it_holds_every_control_and_every_address_of_the_feed_and_nothing_else(tree):
    addresses = [leaf.address for leaf in leaves(tree.root)]
    wanted = [control_address(row.name) for row in CONTROLS] + [row.address for row in stemlight_table()]
    assert sorted(addresses) == sorted(wanted)


def test_controls_are_writable_and_the_feed_is_not(tree):
    for leaf in leaves(tree.root):
        is_control = leaf.address.startswith("/stemlight/ctl/")
        assert leaf.attributes["ACCESS"] == (3 if is_control else 1), leaf.address


def test_every_node_is_found_at_its_own_path(tree):
    for node in nodes(describe(tree.root, read)):
        path = node["FULL_PATH"]
        found = tree.find(path)
        assert found is not None
        assert found.address == path
        assert tree.find(path + "/") is found
        assert describe(found, read) == node
    assert tree.find("/no/such") is None
    assert tree.find("stemlight") is None


def test_contents_are_named_by_the_last_part_of_their_path(tree):
    for node in nodes(describe(tree.root, read)):
        for name, child in node.get("CONTENTS", {}).items():
            assert child["FULL_PATH"] == f"{node['FULL_PATH'].rstrip('/')}/{name}"


def test_every_leaf_has_one_value_range_unit_and_clip_mode_for_its_one_type(tree):
    for node in nodes(describe(tree.root, read)):
        if "CONTENTS" in node:
            assert node["ACCESS"] == 0
            assert "TYPE" not in node
            continue
        assert len(node["TYPE"]) == 1
        assert node["DESCRIPTION"]
        for name in ("VALUE", "RANGE", "UNIT", "CLIPMODE"):
            assert len(node.get(name, [None])) == 1, (node["FULL_PATH"], name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("stage.brightness", {"TYPE": "f", "RANGE": [{"MIN": 0.0, "MAX": 1.0}], "CLIPMODE": ["both"]}),
        ("input.gain_db", {"UNIT": ["gain.db"], "RANGE": [{"MIN": -24.0, "MAX": 24.0}]}),
        ("beat.offset_ms", {"UNIT": ["time.ms"]}),
        ("stage.blackout", {"TYPE": "T", "CRITICAL": True}),
        ("beat.tap", {"TYPE": "N", "CRITICAL": True, "VALUE": [None]}),
        ("stage.preset", {"TYPE": "s", "RANGE": [{"VALS": ["nave", "ink"]}]}),
        ("sync.source", {"RANGE": [{"VALS": ["sound", "link", "midi", "osc", "tap"]}]}),
    ],
)
def test_a_control_is_described_as_its_row_has_it(tree, name, expected):
    described = describe(tree.find(control_address(name)), read)
    assert expected.items() <= described.items()


def test_ranges_leave_out_ends_that_there_are_not(tree):
    described = describe(tree.root, read)
    json.dumps(described, allow_nan=False)  # no infinity
    assert describe(tree.find("/stemlight/beat/count"), read)["RANGE"] == [{"MIN": 0}]
    assert describe(tree.find("/stemlight/drums/level"), read)["RANGE"] == [{"MIN": 0.0, "MAX": 1.0}]


def test_stems_can_be_filtered_by_their_tag(tree):
    stems = {leaf.address.split("/")[2] for leaf in leaves(tree.root) if "stem" in leaf.attributes["TAGS"]}
    assert stems == {"drums", "bass", "vocals", "other"}


def test_one_attribute_is_the_one_of_the_whole_description(tree):
    for node in nodes(describe(tree.root, read)):
        found = tree.find(node["FULL_PATH"])
        for name in (
            "FULL_PATH",
            "CONTENTS",
            "TYPE",
            "ACCESS",
            "RANGE",
            "DESCRIPTION",
            "TAGS",
            "UNIT",
            "CRITICAL",
        ):
            assert attribute(found, name, read) == ({name: node[name]} if name in node else {})


def test_a_branch_has_no_value_and_a_leaf_without_a_frame_has_none_yet(tree):
    assert attribute(tree.root, "VALUE", read) is None
    leaf = tree.find("/stemlight/drums/level")
    assert attribute(leaf, "VALUE", lambda leaf: None) == {}
    assert "VALUE" not in describe(leaf, lambda leaf: None)


@pytest.mark.parametrize("name", ["FOO", "value", "", "HOST_INFO"])
def test_what_is_no_attribute_is_a_key_error(tree, name):
    with pytest.raises(KeyError):
        attribute(tree.root, name, read)


def test_the_root_is_a_branch(tree):
    assert isinstance(tree.find("/"), Branch)
    assert tree.leaf("/stemlight") is None
    assert tree.leaf(3) is None
