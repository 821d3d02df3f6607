import pytest
from stemlight.stage.glsl_names import scan, without_comments


@pytest.mark.parametrize(
    "source",
    [
        "float beat;",
        "uniform float beat;",
        "const float a = f(1, 2), beat = 2.0;",
        "vec2 a, b[3], beat;",
        "void f(in vec3 a, inout float beat) {}",
        "float beat(float x) { return x; }",
        "#define beat 2.0",
        "#define f(beat) (beat * 2.0)",
        "#  define beat",
        "struct S { float beat; };",
        "S beat = S(1.0);",
        "float[2] beat;",
        "for (int i = 0, beat = 1; i < 2; ++i) {}",
        "highp float\nbeat = 1.0;",
        "#define x \\\n  1\nfloat beat;",
    ],
)
def test_declared(source):
    names = scan(source)
    assert "beat" in names.declared


@pytest.mark.parametrize(
    "source",
    [
        "return beat;",
        "x = beat;",
        "float a = beat;",
        "f(a, beat);",
        "vec2 a = vec2(1.0, beat);",
        "float a = f(1.0, beat), b;",
        "if (x) y = 1.0; else beat;",
        "case 1: beat;",
        "#define pulse (beat * 2.0)",
        "#if 1\nx = beat;\n#endif",
        "{ 1.0 } beat",
    ],
)
def test_used_and_not_declared(source):
    names = scan(source)
    assert "beat" in names.used
    assert "beat" not in names.declared


@pytest.mark.parametrize("source", ["// beat\n", "/* beat\n */", "a.beat", "heartbeat", "// a \\\n beat"])
def test_not_used(source):
    assert "beat" not in scan(source).used


def test_comments_leave_their_lines():
    text = "a /* 1\n2 */ b // 3\nc /**/ d\n/* open\n"
    bare = without_comments(text)
    assert bare.count("\n") == text.count("\n")
    assert bare.split() == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("source", "has_output"),
    [
        ("out vec4 color;", True),
        ("layout(location = 0) out vec4 color;", True),
        ("void f(out vec4 color) {}", False),
        ("vec4 color;", False),
    ],
)
def test_an_output_of_its_own(source, has_output):
    assert scan(source).has_output is has_output


def test_what_other_hosts_declare_is_not_declared():
    text = """#ifdef OTHER_HOST
uniform float kick_level;
#if 1
float inner;
#endif
#else
float ours = kick_level;
#endif
#ifndef OTHER_HOST
float also;
#else
float never;
#endif
#define MINE
#ifdef MINE
float mine;
#endif
#ifdef GL_core_profile
float drivers;
#endif
#ifdef TIME
float hosts;
#endif
#if OTHER_HOST > 1
float maybe;
#endif"""
    names = scan(text, host_names=frozenset({"TIME"}))
    assert names.declared >= {"ours", "also", "mine", "drivers", "hosts", "maybe"}
    assert not names.declared & {"kick_level", "inner", "never"}
    assert "kick_level" in names.used
