# ruff: noqa: E501 - tables: one row a line
"""What each kind of music is made of: tempi, grooves, bass lines, chords, sounds, form. Pure data.

A groove is a line of steps over one bar or more: `.` is silence, 1..9 a velocity in ninths. Its length divided by
the beats tells the grid: four steps a beat straight, three a beat in triplets. Numerals: see harmony.py.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Genre:
    """The palette of one kind of music; a song draws from it."""

    name: str
    tempo_bpm: tuple[float, float]
    form: str  # key of form.FORMS
    kits: tuple[str, ...]
    kicks: tuple[str, ...]
    snares: tuple[str, ...]  # of snare_part
    hats: tuple[str, ...]  # of hat_parts
    basses: tuple[tuple[str, str], ...]  # (line, instrument)
    chords: tuple[tuple[str, str], ...]  # (figure, instrument)
    pads: tuple[str, ...]
    arps: tuple[tuple[str, str], ...]
    leads: tuple[str, ...]
    progressions: tuple[tuple[str, str], ...]  # (scale, numerals)
    voices: tuple[str, ...]  # sung rap scream choir chops none; drawn with equal chance
    beats_per_bar: int = 4
    steps_per_beat: int = 4
    snare_parts: tuple[str, ...] = ("snare",)
    hat_parts: tuple[str, ...] = ("hat_closed",)
    percussion: tuple[tuple[str, str], ...] = ()  # (part, groove), each joins by chance
    swing: tuple[float, float] = (0.0, 0.0)  # how late the off-sixteenth is, as a share of a sixteenth
    human_s: float = 0.006  # standard deviation of a stroke's time
    drift: float = 0.008  # of the tempo; 0 is a machine
    duck: tuple[float, float] = (0.0, 0.0)  # depth of the side-chain
    ghosts: float = 0.0  # chance of a ghost snare on an empty sixteenth
    half_time: float = 0.0  # chance of a section in which the snare comes half as often
    double_time: float = 0.0  # and of one in which it comes twice as often


_FOUR = "9...9...9...9..."
_BACK = "....9.......9..."
_EIGHTHS = "7.5.7.5.7.5.7.5."
_SIXTEENTHS = "7464746474647464"
_OFFBEATS = "..8...8...8...8."

_MINOR_POP = (
    ("minor", "i bVI bIII bVII"),
    ("minor", "i bVII bVI bVII"),
    ("minor", "i iv bVI v"),
    ("minor", "bVI bVII i i"),
    ("minor", "i v bVI iv"),
)
_MAJOR_POP = (
    ("major", "I V vi IV"),
    ("major", "vi IV I V"),
    ("major", "I vi IV V"),
    ("major", "IV I V vi"),
    ("major", "I iii IV V"),
    ("major", "I V/vii vi IV"),
)

_ALL = (
    Genre(
        "house", (118, 128), "club", ("909", "808", "electro"),
        kicks=(_FOUR, "9...9...9...9.5.", "9...9...9...9..5"),
        snares=(_BACK, "....9.......9..3", "....9..3.4..9..."),
        snare_parts=("clap", "snare"),
        hats=(_OFFBEATS, "..8...8...8..48.", "3.843.843.843.84"),
        hat_parts=("hat_open", "hat_closed"),
        percussion=(("shaker", "5346534653465346"), ("conga_high", "...5..6....5.6.."), ("rim", "...6...6..6....."),
                    ("hat_closed", "64.464.464.464.4"), ("tambourine", "....7.......7...")),
        basses=(("offbeat", "saw_bass"), ("syncopated", "fm_bass"), ("octaves", "saw_bass"), ("kick_gaps", "sub")),
        chords=(("stabs", "electric_piano"), ("stabs", "piano"), ("stabs", "organ"), ("offbeat_stabs", "supersaw")),
        pads=("pad", "strings", "warm_pad"), arps=(("arp16", "pluck"), ("arp8", "bells")), leads=("lead", "pluck"),
        progressions=(*_MINOR_POP, ("minor", "i7 iv7"), ("dorian", "i9 IV9"), ("minor", "i7 bVIM7 bVII v7")),
        voices=("sung", "chops", "sung", "none"), swing=(0.0, 0.25), human_s=0.0, drift=0.0, duck=(0.3, 0.8),
    ),
    Genre(
        "techno", (124, 142), "club", ("909", "electro", "808"),
        kicks=(_FOUR, "9...9...9...9...", "9...9...9..69..."),
        snares=("................", _BACK, "....6.......6..."), snare_parts=("clap", "snare", "rim"),
        hats=(_OFFBEATS, "7575757575757575", "..8...8...8.6.8."), hat_parts=("hat_open", "hat_closed", "ride"),
        percussion=(("rim", "...7..7...7..7.."), ("tom_low", "......6....6...."), ("shaker", "5555555555555555"),
                    ("hat_closed", "4646464646464646"), ("clave", "..6..6....6....."), ("ride", "..7...7...7...7.")),
        basses=(("pulse16", "sub"), ("offbeat", "acid"), ("pulse16", "acid"), ("kick_gaps", "reese")),
        chords=(("stabs", "pluck"), ("hold", "pad"), ("stabs", "supersaw")),
        pads=("pad", "warm_pad"), arps=(("arp16", "acid"), ("arp16", "pluck"), ("arp16", "fm_bass")), leads=("lead",),
        progressions=(("phrygian", "i"), ("minor", "i"), ("minor", "i i i bVII"), ("minor", "i bVI"), ("phrygian", "i bII")),
        voices=("chops", "none", "none"), human_s=0.0, drift=0.0, duck=(0.3, 0.7),
    ),
    Genre(
        "trance", (130, 142), "club", ("909", "electro"),
        kicks=(_FOUR,), snares=(_BACK, "....9.......9.3."), snare_parts=("clap", "snare"),
        hats=(_OFFBEATS, "5384538453845384"), hat_parts=("hat_open",),
        percussion=(("hat_closed", "6444644464446444"), ("ride", "..6...6...6...6."), ("tambourine", "..5...5...5...5.")),
        basses=(("rolling", "saw_bass"), ("offbeat", "saw_bass")),
        chords=(("hold", "supersaw"), ("stabs", "supersaw"), ("gated", "supersaw")),
        pads=("pad", "strings"), arps=(("arp16", "pluck"), ("arp16", "supersaw")), leads=("lead", "supersaw"),
        progressions=_MINOR_POP, voices=("sung", "choir", "none"), human_s=0.0, drift=0.0, duck=(0.5, 0.85),
    ),
    Genre(
        "drum_and_bass", (165, 178), "club", ("electro", "acoustic", "909"),
        kicks=("9.........8.....", "9.........9.....9..9......8.....", "9..7......8....."),
        snares=(_BACK, "....9..3.3..9...", "....9..2.4..9..3"),
        hats=("7.5.7.5.7.5.7.5.", "7464746474647464", "7.547.547.547.54"), hat_parts=("hat_closed", "ride"),
        percussion=(("shaker", "4.6.4.6.4.6.4.6."), ("hat_open", "......7.......7."), ("rim", "...3...3......3.")),
        basses=(("long", "reese"), ("kick_gaps", "reese"), ("long", "sub"), ("syncopated", "wobble")),
        chords=(("hold", "pad"), ("stabs", "electric_piano"), ("stabs", "pluck")),
        pads=("pad", "warm_pad", "strings"), arps=(("arp8", "pluck"), ("arp16", "bells")), leads=("lead", "flute"),
        progressions=(*_MINOR_POP, ("dorian", "i9 IV9")), voices=("sung", "chops", "rap", "none"),
        half_time=0.1, human_s=0.001, drift=0.0, duck=(0.1, 0.5), ghosts=0.12,
    ),
    Genre(
        "dubstep", (136, 146), "club", ("electro", "909"),
        kicks=("9...............", "9.....7.........", "9..6......7....."),
        snares=("........9.......", "........9.....3.", "........9..2...."),
        hats=("7...5.6.7...5.6.", "7.5.7.5.7.5.7555", "..7...7...7...77"), hat_parts=("hat_closed",),
        percussion=(("rim", "...4......4....4"), ("shaker", "3.5.3.5.3.5.3.5.")),
        basses=(("wobble", "wobble"), ("long", "wobble"), ("long", "sub"), ("wobble", "reese")),
        chords=(("hold", "pad"), ("stabs", "supersaw")), pads=("pad", "warm_pad", "strings"),
        arps=(("arp8", "bells"), ("arp16", "pluck")), leads=("lead", "supersaw"),
        progressions=(*_MINOR_POP, ("phrygian", "i bII i bVII")), voices=("sung", "chops", "none"),
        human_s=0.0, drift=0.0, duck=(0.1, 0.5),
    ),
    Genre(
        "hip_hop", (78, 102), "song", ("lofi", "acoustic", "808"),
        kicks=("9......7..9.....", "9..7....9.7.....", "9.....7.9..5....", "9.7....5..9..7.."),
        snares=(_BACK, "....9..2.2..9...", "....9.......9..2"),
        hats=(_EIGHTHS, "7.547.5.7.547.5.", "7.5.7557.5.5.755"), hat_parts=("hat_closed",),
        percussion=(("shaker", "3.5.3.5.3.5.3.5."), ("hat_open", "..............6."), ("rim", "...4......4....."),
                    ("tambourine", "....6.......6...")),
        basses=(("kick_follow", "finger_bass"), ("kick_follow", "sub"), ("long", "upright"), ("syncopated", "finger_bass")),
        chords=(("hold", "electric_piano"), ("stabs", "piano"), ("hold", "warm_pad"), ("pick", "nylon_guitar")),
        pads=("strings", "warm_pad"), arps=(("arp8", "bells"), ("arp8", "piano")), leads=("flute", "lead", "bells"),
        progressions=(("minor", "i7 iv7"), ("dorian", "i9 IV9"), ("minor", "i7 bVIM7"), ("major", "ii7 V7 IM7 vi7"),
                      ("minor", "iv7 v7 i7 i7")),
        voices=("rap", "rap", "rap", "sung"), swing=(0.1, 0.6), human_s=0.007, drift=0.003, duck=(0.0, 0.3), ghosts=0.1,
    ),
    Genre(
        "trap", (130, 150), "song", ("808",),
        kicks=("9.....7...9.....", "9..........7..9.", "9.....9.....7...", "9..9......9....."),
        snares=("........9.......", "........9.....2."), snare_parts=("clap", "snare"),
        hats=("7.6.7.6.7.6.7777", "7.6.77767.6.7.66", "7776.7.67776.7.6"), hat_parts=("hat_closed",),
        percussion=(("hat_open", "......6........."), ("rim", "....5.....5....."), ("cowbell", "...4...4......4.")),
        basses=(("kick_follow", "808"), ("long", "808")),
        chords=(("hold", "pad"), ("arp8", "bells"), ("pick", "nylon_guitar"), ("stabs", "piano")),
        pads=("strings", "warm_pad", "pad"), arps=(("arp8", "bells"), ("arp16", "pluck")), leads=("flute", "bells", "lead"),
        progressions=(("minor", "i bVI"), ("phrygian", "i bII"), ("minor", "i bVI bIII bVII"), ("minor", "i iv")),
        voices=("rap", "rap", "sung"), human_s=0.002, drift=0.0, duck=(0.1, 0.5),
    ),
    Genre(
        "pop", (92, 128), "song", ("acoustic", "909", "electro", "808", "gated"),
        kicks=("9.....7.9.......", "9...9...9...9...", "9..7..7.9..7....", "9.......9.7.....", "9......79......."),
        snares=(_BACK, "....9.......9..2", "....9.......9.3."), snare_parts=("snare", "clap"),
        hats=(_EIGHTHS, _SIXTEENTHS, "7.7.7.7.7.7.7.7.", "..7...7...7...7."), hat_parts=("hat_closed", "hat_open"),
        percussion=(("tambourine", "....7.......7..."), ("shaker", "5.7.5.7.5.7.5.7."), ("clap", "....8.......8...")),
        basses=(("eighths", "saw_bass"), ("kick_follow", "finger_bass"), ("eighths", "pick_bass"), ("kick_follow", "sub")),
        chords=(("hold", "piano"), ("strum", "steel_guitar"), ("eighths", "electric_piano"), ("stabs", "supersaw"),
                ("pick", "clean_guitar"), ("eighths", "piano")),
        pads=("pad", "strings", "warm_pad"), arps=(("arp8", "pluck"), ("arp16", "pluck"), ("arp8", "clean_guitar")),
        leads=("lead", "bells", "clean_guitar"),
        progressions=(*_MAJOR_POP, *_MINOR_POP), voices=("sung", "sung", "sung", "rap"),
        half_time=0.08, human_s=0.003, drift=0.0, duck=(0.0, 0.5),
    ),
    Genre(
        "rock", (96, 150), "song", ("acoustic", "metal", "gated"),
        kicks=("9.....7.9.......", "9.......9.9.....", "9..7....9.7.....", "9.....9...9.....", "9...9...9...9..."),
        snares=(_BACK, "....9.......9..2", "....9..2....9..."),
        hats=("8.6.8.6.8.6.8.6.", "8...7...8...7...", "7.7.7.7.7.7.7.7."), hat_parts=("hat_closed", "ride", "hat_open"),
        percussion=(("tambourine", "5.7.5.7.5.7.5.7."), ("crash", "7...........7...")),
        basses=(("eighths", "pick_bass"), ("kick_follow", "pick_bass"), ("eighths", "finger_bass"), ("eighths", "distorted_bass")),
        chords=(("power8", "crunch_guitar"), ("strum", "crunch_guitar"), ("strum", "steel_guitar"), ("hold", "crunch_guitar")),
        pads=("organ", "strings"), arps=(("pick", "clean_guitar"), ("arp8", "crunch_guitar")), leads=("crunch_guitar", "organ"),
        progressions=(*_MAJOR_POP, ("mixolydian", "I bVII IV I"), ("minor", "i bVII bVI V"), ("mixolydian", "I I bVII IV")),
        voices=("sung", "sung", "sung", "sung", "scream"), half_time=0.1, double_time=0.05, human_s=0.008, drift=0.012, ghosts=0.05,
    ),
    Genre(
        "metal", (110, 178), "song", ("metal",),
        kicks=("9.9.9.9.9.9.9.9.", "99..99..99..99..", "9.99..9.9.99..9.", "9999999999999999", "9..9..9..9..9.9.", "9.....9.9......."),
        snares=(_BACK, "........9.......", "....9.......9.99"),
        hats=("8...8...8...8...", "8.6.8.6.8.6.8.6."), hat_parts=("ride", "hat_open", "crash", "hat_closed"),
        percussion=(("crash", "8..............."),),
        basses=(("chug", "distorted_bass"), ("kick_follow", "distorted_bass"), ("eighths", "pick_bass")),
        chords=(("chug", "metal_guitar"), ("power8", "metal_guitar"), ("hold", "metal_guitar")),
        pads=("strings",), arps=(("arp16", "metal_guitar"), ("pick", "clean_guitar")), leads=("metal_guitar",),
        progressions=(("minor", "i5 i5 bVI5 bVII5"), ("phrygian", "i5 bII5 i5 bVII5"), ("minor", "i5 bIII5 bVI5 v5"),
                      ("minor", "i5 i5 i5 bII5-bVII5")),
        voices=("sung", "none", "scream", "scream"), half_time=0.2, double_time=0.15, human_s=0.004, drift=0.006,
    ),
    Genre(
        "punk", (150, 180), "song", ("acoustic", "metal"),
        kicks=("9...9...9...9...", "9.....9.9.....9.", "9.9...9.9.9...9."),
        snares=(_BACK, "..9...9...9...9."), hats=("8.8.8.8.8.8.8.8.",), hat_parts=("hat_open", "hat_closed", "ride"),
        basses=(("eighths", "pick_bass"), ("eighths", "distorted_bass")),
        chords=(("power8", "crunch_guitar"), ("power8", "metal_guitar")), pads=("organ",),
        arps=(("power8", "crunch_guitar"),), leads=("crunch_guitar",),
        progressions=(("major", "I5 V5 vi5 IV5"), ("major", "I5 IV5 V5 V5"), ("minor", "i5 bVI5 bIII5 bVII5")),
        voices=("sung", "rap", "scream"), half_time=0.12, double_time=0.15, human_s=0.009, drift=0.015,
    ),
    Genre(
        "funk", (96, 118), "song", ("acoustic", "electro"),
        kicks=("9..7......7..5..", "9.7....5..7.....", "9..6..7...9..6..", "9.....7..7......"),
        snares=("....9..3.3..9..3", "....9..2.2.39...", "....9..3....9.2."),
        hats=(_SIXTEENTHS, "7.647.647.647.64", "7566756675667566"), hat_parts=("hat_closed",),
        percussion=(("hat_open", "..............7."), ("conga_high", "..5..6.5..5..65."), ("tambourine", "....6.......6..."),
                    ("cowbell", "6...6...6...6..."), ("clap", "....7.......7...")),
        basses=(("syncopated", "slap_bass"), ("syncopated", "finger_bass"), ("octaves", "slap_bass")),
        chords=(("scratch", "clean_guitar"), ("scratch", "clavinet"), ("stabs", "electric_piano"), ("stabs", "organ")),
        pads=("organ", "strings"), arps=(("scratch", "clavinet"),), leads=("brass", "lead"),
        progressions=(("dorian", "i9 IV9"), ("mixolydian", "I9"), ("dorian", "i7 i7 IV9 IV9"), ("mixolydian", "I9 bVII9 IV9 I9")),
        voices=("sung", "sung", "none"), swing=(0.0, 0.2), half_time=0.08, human_s=0.006, drift=0.008, ghosts=0.25,
    ),
    Genre(
        "disco", (110, 126), "song", ("acoustic", "909", "gated"),
        kicks=(_FOUR,), snares=(_BACK, "....9.......9..3"), snare_parts=("snare", "clap"),
        hats=("7.9.7.9.7.9.7.9.", "7494749474947494"), hat_parts=("hat_open", "hat_closed"),
        percussion=(("conga_high", "..5..55...5..55."), ("tambourine", "5.7.5.7.5.7.5.7."), ("cowbell", "6...6...6...6...")),
        basses=(("octaves", "finger_bass"), ("octaves", "saw_bass"), ("syncopated", "slap_bass")),
        chords=(("scratch", "clean_guitar"), ("stabs", "electric_piano"), ("eighths", "piano")),
        pads=("strings",), arps=(("arp16", "clavinet"), ("arp8", "strings")), leads=("strings", "brass", "flute"),
        progressions=(("minor", "i7 iv7 bVII bIIIM7"), ("dorian", "i7 IV7"), ("minor", "i bVII bVI V"), *_MAJOR_POP[:2]),
        voices=("sung",), human_s=0.005, drift=0.005, duck=(0.0, 0.2), ghosts=0.08,
    ),
    Genre(
        "reggae", (68, 92), "song", ("acoustic", "lofi"),
        kicks=("........9.......", "9.......9.......", "9...9...9...9..."),
        snares=("........8.......", "........8.....2."), snare_parts=("rim", "snare"),
        hats=("5.7.5.7.5.7.5.7.", "5.745.7.5.745.7.", "..7...7...7...7."), hat_parts=("hat_closed",),
        percussion=(("tom_high", "............5.6."), ("shaker", "4.6.4.6.4.6.4.6."), ("conga_low", "......5.......56")),
        basses=(("reggae", "finger_bass"), ("reggae", "sub")),
        chords=(("skank", "clean_guitar"), ("skank", "organ"), ("skank", "piano"), ("bubble", "organ")),
        pads=("organ", "strings"), arps=(("bubble", "organ"),), leads=("brass", "organ", "flute"),
        progressions=(("minor", "i iv"), ("major", "I ii"), ("minor", "i bVII"), ("major", "I IV V IV"), ("minor", "i bVI bVII i")),
        voices=("sung", "sung", "rap"), swing=(0.0, 0.4), double_time=0.08, human_s=0.008, drift=0.008,
    ),
    Genre(
        "salsa", (88, 108), "jam", ("acoustic",),
        kicks=("................", "......7.......7.", "6.....6.......6."), snares=("7..7..7...7.7...", "..7.7...7..7..7."),
        snare_parts=("rim", "clave"),
        hats=("6.436.436.436.43", "7.5.7.5.7.5.7.5."), hat_parts=("cowbell", "shaker"),
        percussion=(("conga_high", "..4.6.56..4.6.56"), ("conga_low", "............7.7."), ("tom_high", "..............56"),
                    ("shaker", "5464546454645464"), ("cowbell", "8.6.88.68.6.8.86")),
        basses=(("tumbao", "upright"), ("tumbao", "finger_bass")),
        chords=(("montuno", "piano"),), pads=("brass", "strings"), arps=(("montuno", "piano"),),
        leads=("brass", "flute"),
        progressions=(("minor", "i iv V7 V7"), ("minor", "i bVII bVI V7"), ("major", "I IV V7 IV"), ("minor", "iv i V7 i")),
        voices=("sung",), human_s=0.007, drift=0.008,
    ),
    Genre(
        "bossa", (112, 146), "jam", ("jazz", "acoustic"),
        kicks=("9.....7.9.....7.", "7..67..67..67..6"), snares=("7.....7.....7...7.....7...7.....", "7..7..7...7..7.."),
        snare_parts=("rim",), hats=("6.5.6.5.6.5.6.5.", "6464646464646464"), hat_parts=("hat_closed", "shaker"),
        percussion=(("shaker", "4.6.4.6.4.6.4.6."), ("conga_low", "......5.......5.")),
        basses=(("two_beat", "upright"), ("bossa", "upright"), ("bossa", "finger_bass")),
        chords=(("bossa", "nylon_guitar"), ("bossa", "electric_piano")), pads=("strings", "flute"),
        arps=(("pick", "nylon_guitar"),), leads=("flute", "nylon_guitar", "piano"),
        progressions=(("major", "IM7 II7 ii7 V7"), ("minor", "i7 iim7b5 V7 i7"), ("major", "IM9 vi7 ii9 V9"),
                      ("major", "ii7 V7 IM7 IM7")),
        voices=("sung", "none"), human_s=0.008, drift=0.01,
    ),
    Genre(
        "reggaeton", (86, 102), "song", ("808", "909", "electro"),
        kicks=(_FOUR, "9...9...9...9..."), snares=("...8..8....8..8.", "...8..8....8..84"), snare_parts=("snare", "rim", "clap"),
        hats=(_EIGHTHS, "..7...7...7...7."), hat_parts=("hat_closed", "shaker"),
        percussion=(("shaker", "5.6.5.6.5.6.5.6."), ("tom_low", "............6.6."), ("conga_high", "..5...5...5..55.")),
        basses=(("reggaeton", "sub"), ("reggaeton", "808"), ("kick_follow", "saw_bass")),
        chords=(("stabs", "pluck"), ("pick", "nylon_guitar"), ("stabs", "marimba"), ("hold", "pad")),
        pads=("pad", "warm_pad"), arps=(("arp8", "pluck"), ("arp8", "marimba")), leads=("flute", "lead", "marimba"),
        progressions=_MINOR_POP, voices=("sung", "rap"), human_s=0.0, drift=0.0, duck=(0.1, 0.4),
    ),
    Genre(
        "swing", (110, 180), "jam", ("jazz",), steps_per_beat=3,
        kicks=("5..5..5..5..", "7...........", "6.....5.....6.......5..5"), snares=("............", ".....3.....4", "..3.....3..."),
        hats=("7..7.57..7.5", "7..8.57..8.5"), hat_parts=("ride",),
        percussion=(("hat_pedal", "...8.....8.."), ("brush", "5..7..5..7..")),
        basses=(("walking", "upright"),),
        chords=(("charleston", "piano"), ("charleston", "clean_guitar"), ("four_beats", "steel_guitar")),
        pads=("brass", "strings"), arps=(("charleston", "piano"),), leads=("brass", "flute", "piano", "clean_guitar"),
        progressions=(("major", "ii7 V7 IM7 vi7"), ("major", "I6-vi7 ii7-V7 iii7-VI7 ii7-V7"), ("minor", "i6 iim7b5-V7 i6 V7"),
                      ("mixolydian", "I7 IV7 I7 I7 IV7 IV7 I7 VI7 ii7 V7 I7 V7")),
        voices=("sung", "none"), human_s=0.01, drift=0.015, ghosts=0.1,
    ),
    Genre(
        "shuffle_blues", (70, 132), "jam", ("acoustic",), steps_per_beat=3,
        kicks=("9.....9.....", "9..8..9..8..", "9....79....."), snares=("...9.....9..", "...9.....9.2"),
        hats=("8.68.68.68.6", "8..7..8..7..", "865865865865"), hat_parts=("hat_closed", "ride"),
        percussion=(("tambourine", "...6.....6.."),),
        basses=(("shuffle", "finger_bass"), ("walking", "finger_bass"), ("shuffle", "pick_bass")),
        chords=(("shuffle", "crunch_guitar"), ("charleston", "organ"), ("four_beats", "piano")),
        pads=("organ",), arps=(("triplets", "piano"),), leads=("crunch_guitar", "organ", "piano"),
        progressions=(("blues", "I7 IV7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V7"), ("blues", "i7 i7 i7 i7 iv7 iv7 i7 i7 bVI7 V7 i7 V7")),
        voices=("sung", "sung", "none"), human_s=0.01, drift=0.015, ghosts=0.1,
    ),
    Genre(
        "ballad", (70, 92), "song", ("acoustic", "808", "gated"),
        kicks=("9.......9.......", "9......79.......", "9.........7....."), snares=(_BACK, "........9......."),
        hats=(_EIGHTHS, "7...5...7...5...", _SIXTEENTHS), hat_parts=("hat_closed", "ride"),
        percussion=(("tambourine", "....5.......5..."), ("shaker", "4.5.4.5.4.5.4.5.")),
        basses=(("long", "finger_bass"), ("kick_follow", "finger_bass"), ("long", "sub")),
        chords=(("arp8", "piano"), ("hold", "piano"), ("pick", "steel_guitar"), ("hold", "electric_piano")),
        pads=("strings", "warm_pad", "pad"), arps=(("pick", "steel_guitar"), ("arp8", "harp")), leads=("strings", "flute", "piano"),
        progressions=(*_MAJOR_POP, ("major", "I V vi iii IV I IV V"), ("minor", "i bVII bVI V")),
        voices=("sung", "sung", "choir"), human_s=0.01, drift=0.015,
    ),
    Genre(
        "twelve_eight", (70, 76), "song", ("acoustic",), steps_per_beat=3,
        kicks=("9.....9.....", "9....79.....", "9....7..7..."), snares=("...9.....9..",),
        hats=("755755755755", "7..7..7..7.."), hat_parts=("hat_closed", "ride"),
        basses=(("long", "finger_bass"), ("shuffle", "finger_bass")),
        chords=(("triplets", "piano"), ("triplets", "clean_guitar"), ("triplets", "organ")), pads=("organ", "strings"),
        arps=(("triplets", "clean_guitar"),), leads=("crunch_guitar", "brass", "strings"),
        progressions=(("major", "I vi IV V"), ("major", "I iii IV iv"), ("major", "I V vi IV")),
        voices=("sung", "sung", "choir"), human_s=0.01, drift=0.015,
    ),
    Genre(
        "waltz", (84, 170), "song", ("acoustic", "jazz"), beats_per_bar=3,
        kicks=("9...........", "9.......6..."), snares=("....6...6...", "........7...", "....7......."), snare_parts=("snare", "rim"),
        hats=("7...5...5...", "7.5.5.5.5.5.", "....6...6..."), hat_parts=("hat_closed", "ride"),
        percussion=(("tambourine", "....5...5..."),),
        basses=(("waltz", "upright"), ("waltz", "finger_bass"), ("long", "upright")),
        chords=(("waltz", "piano"), ("waltz", "steel_guitar"), ("pick", "nylon_guitar"), ("waltz", "organ")),
        pads=("strings", "warm_pad"), arps=(("arp8", "harp"), ("arp8", "piano")), leads=("flute", "strings", "piano"),
        progressions=(*_MAJOR_POP, ("minor", "i iv V7 i"), ("minor", "i bVI bIII bVII"), ("major", "I IV I V7 I IV V7 I")),
        voices=("sung", "sung", "choir", "none"), human_s=0.012, drift=0.02,
    ),
    Genre(
        "folk", (84, 130), "song", ("acoustic",),
        kicks=("9.......9.......", "9...9...9...9..."), snares=("....5.......5...", "..5...5...5...5."), snare_parts=("snare", "rim", "clap"),
        hats=("................", _EIGHTHS), hat_parts=("tambourine", "shaker"),
        percussion=(("shaker", "5364536453645364"), ("tambourine", "....7.......7...")),
        basses=(("two_beat", "upright"), ("long", "finger_bass")),
        chords=(("strum", "steel_guitar"), ("pick", "steel_guitar"), ("pick", "nylon_guitar")),
        pads=("strings", "organ"), arps=(("pick", "nylon_guitar"),), leads=("flute", "steel_guitar", "strings"),
        progressions=(("major", "I IV I V"), ("major", "I V vi IV"), ("dorian", "i bVII i IV"), ("mixolydian", "I bVII IV I")),
        voices=("sung",), double_time=0.08, human_s=0.012, drift=0.02,
    ),
    Genre(
        "ambient", (70, 110), "ambient", ("electro", "808", "lofi"),
        kicks=("9...............", "9.......5.......", "................"),
        snares=("................", "............5..."), snare_parts=("rim", "snare"),
        hats=("..4...5...4...5.", "................", "5...4...5...4..."), hat_parts=("shaker", "hat_closed", "ride"),
        percussion=(("tom_low", "..........5....."),),
        basses=(("long", "sub"), ("long", "saw_bass")),
        chords=(("hold", "pad"), ("hold", "warm_pad"), ("hold", "strings"), ("arp8", "harp"), ("hold", "piano")),
        pads=("warm_pad", "pad", "strings"), arps=(("arp8", "bells"), ("arp8", "pluck"), ("arp8", "harp")), leads=("flute", "bells"),
        progressions=(("major", "IM7 IVM7"), ("minor", "i bVIM7"), ("major", "vi IV I V"), ("minor", "i iv bVI v")),
        voices=("choir", "sung", "none"), human_s=0.008, drift=0.0,
    ),
    Genre(
        "cinematic", (72, 150), "ambient", ("metal", "acoustic"),
        kicks=("9.......7.......", "9..7..7.9..7..7."), snares=("................", "........7......."), snare_parts=("tom_low", "snare"),
        hats=("................",), hat_parts=("shaker",),
        percussion=(("tom_low", "9..7..7.9..7..77"), ("tom_mid", "..5..5.5..5..5.5"), ("crash", "6...............")),
        basses=(("long", "sub"), ("eighths", "saw_bass"), ("long", "finger_bass")),
        chords=(("eighths", "strings"), ("hold", "strings"), ("hold", "brass")), pads=("strings", "brass", "warm_pad"),
        arps=(("arp16", "strings"), ("arp8", "harp")), leads=("brass", "strings", "flute"),
        progressions=(("minor", "i bVI bIII bVII"), ("minor", "i iv bVI V"), ("minor", "i bVI iv V"), ("major", "I iii vi IV")),
        voices=("choir", "choir", "none"), human_s=0.01, drift=0.008,
    ),
)  # fmt: skip

GENRES: dict[str, Genre] = {genre.name: genre for genre in _ALL}
