import pytest
from stemlight.analysis.feature_frame import DRUM_PARTS, FAMILIES, QUANTITIES, columns
from stemlight.errors import UserError
from stemlight.osc.profiles import address_table

TABLE = {row.address: row for row in address_table()}


def test_every_number_of_a_frame_has_one_address():
    assert len(TABLE) == len(address_table())
    sent = {(row.field, row.index) for row in TABLE.values() if row.sent == "hop"}
    for column in columns():
        if column.field.name in ("waveform", "side"):
            continue  # sound itself is not sent
        whole = column.field.name in ("spectrum", "stem_spectrum")
        assert (column.field.name, column.index[:-1] if whole else column.index) in sent


def test_families_and_quantities_are_where_people_look():
    for family in FAMILIES:
        for quantity in QUANTITIES:
            assert f"/stemlight/{family}/{quantity}" in TABLE
    for address in ("beat/phase", "beat/bar_phase", "beat/tempo", "beat/in_bar", "beat/count", "loudness"):
        assert f"/stemlight/{address}" in TABLE
    for event in ("beat", "bar", "drop", *DRUM_PARTS):
        assert TABLE[f"/stemlight/{event}/trigger"].sent == "event"


def test_an_address_is_a_leaf_or_a_branch():
    for address in TABLE:
        assert not [other for other in TABLE if other.startswith(address + "/")]


def test_one_number_an_address_unless_asked_for_spectra():
    assert {row.n_numbers for row in address_table("stemlight")} == {1}
    spectra = [row for row in address_table("spectra") if row.n_numbers > 1]
    assert [row.address.count("spectrum") for row in spectra] == [1] * 5


def test_addresses_are_plain():
    for row in TABLE.values():
        assert set(row.address) <= set("abcdefghijklmnopqrstuvwxyz_/"), row.address
        assert row.doc


def test_an_unknown_profile_says_which_there_are():
    with pytest.raises(UserError, match="did you mean 'resolume'"):
        address_table("resolum")
    with pytest.raises(UserError, match="there are: stemlight, spectra"):
        address_table("x")
