import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from stemlight.errors import UserError
from stemlight.stage.check import check_files
from stemlight.stage.contact_sheet import GAP_PX, LARGE_PX, RED, ContactSheet
from stemlight.stage.picture_files import load_picture
from stemlight.stage.png import save_png
from stemlight.stage.still import still_batch, still_from_options


def check(*paths, n_frames=3):
    return list(check_files(paths, n_frames=n_frames, size_px=(64, 36)))


def test_every_file_here_draws(shaders):
    results = check(shaders)
    assert [result["error"] for result in results if not result["ok"]] == []
    assert len(results) == len(list(shaders.glob("*.fs")))
    assert all(result["kind"] == "isf" for result in results)


def test_what_is_wrong_is_said_and_the_next_goes_on(write_isf, tmp_path):
    bad = write_isf("void main() {\n  oops;\n}", "a_bad.fs")
    good = write_isf("void main() { gl_FragColor = vec4(0.5, 0.5, 0.5, 1.0); }", "b_good.fs")
    (tmp_path / "c_preset.toml").write_text('version = 1\nscene = "b_good.fs"\n')
    (tmp_path / "d_preset.toml").write_text('version = 1\nscene = "b_good.fs"\n[inputs]\nnone = 1\n')
    results = check(tmp_path)
    assert [(result["kind"], result["ok"]) for result in results] == [
        ("isf", False), ("isf", True), ("preset", True), ("preset", False),
    ]  # fmt: skip
    assert (results[0]["file"], results[0]["line"]) == (str(bad), 3)
    assert "oops" in results[0]["error"]
    assert results[1]["file"] == str(good)
    assert results[1]["mean"] == pytest.approx(0.5, abs=0.01)
    assert results[1]["std"] < 0.01
    assert results[1]["motion"] == 0.0
    assert "no input 'none'" in results[3]["error"]
    with pytest.raises(UserError, match="no file or folder"):
        check(tmp_path / "nowhere")


def test_motion_and_pictures_are_measured(write_isf):
    moving = write_isf("void main() { gl_FragColor = vec4(mod(float(FRAMEINDEX), 2.0)); }", "a.fs")
    image = [{"NAME": "inputImage", "TYPE": "image"}]
    through = write_isf("void main() { gl_FragColor = IMG_THIS_PIXEL(inputImage); }", "b.fs", INPUTS=image)
    first, second = check(moving, through, n_frames=4)
    assert first["motion"] == pytest.approx(1.0)
    assert second["std"] > 0.1  # a filter is given something to see


def job(tmp_path, shader, **keys):
    return {"shader": str(shader), "out": str(tmp_path / "out.png"), "size": "64x36", **keys}


def run_jobs(tmp_path, *jobs):
    path = tmp_path / "jobs.jsonl"
    path.write_text("\n".join(entry if isinstance(entry, str) else json.dumps(entry) for entry in jobs))
    return list(still_batch(path))


def test_conditions_of_a_still(tmp_path, write_isf, shaders):
    body = """void main() {
        vec4 now = vec4(TIME, TIMEDELTA, fired ? FRAMEINDEX : 0, 1.0);
        if (PASSINDEX == 0) gl_FragColor = IMG_THIS_PIXEL(sum) + now;
        else gl_FragColor = IMG_THIS_PIXEL(sum) / vec4(4.0, 1.0, 8.0, 4.0);
    }"""
    passes = [{"TARGET": "sum", "PERSISTENT": True, "FLOAT": True}, {}]
    shader = write_isf(body, PASSES=passes, INPUTS=[{"NAME": "fired", "TYPE": "event"}])
    (result,) = run_jobs(tmp_path, job(tmp_path, shader, draws=4, fps=4, events={"fired": [0, 3]}))
    assert result["ok"]
    pixel = load_picture(tmp_path / "out.png")[18, 32] / 255.0
    assert pixel[0] == pytest.approx((0.25 + 0.5 + 0.75) / 4, abs=0.005)
    assert pixel[1] == pytest.approx(0.75, abs=0.005)  # TIMEDELTA: 0, then 1/4 each
    assert pixel[2] == pytest.approx(3 / 8, abs=0.005)


def test_inputs_images_and_audio_of_a_still(tmp_path, shaders):
    save_png(tmp_path / "in.png", np.full((4, 4, 4), 200, np.uint8))
    np.savez(tmp_path / "rows.npz", fft256=np.full(256, 0.25, "f4"), wave256=np.full(256, 0.75, "f4"))
    results = run_jobs(
        tmp_path,
        job(
            tmp_path,
            shaders / "pictures.fs",
            images={"inputImage": str(tmp_path / "in.png")},
            out=str(tmp_path / "a.png"),
        ),
        job(
            tmp_path,
            shaders / "audio.fs",
            audio=str(tmp_path / "rows.npz"),
            out=str(tmp_path / "b.png"),
            size=[32, 18],
        ),
        job(tmp_path, shaders / "varying.fs", inputs={"shift": "0.5"}, out=str(tmp_path / "c.png")),
    )
    assert [result["ok"] for result in results] == [True, True, True]
    assert load_picture(tmp_path / "a.png")[4, 10, 0] == 200
    b = load_picture(tmp_path / "b.png")
    assert b.shape == (18, 32, 4)
    assert b[16, 4, :2] == pytest.approx(np.array([191, 64]), abs=1)
    assert load_picture(tmp_path / "c.png")[18, 0, 0] == pytest.approx(129, abs=2)


def test_a_batch_goes_on_after_a_bad_job(tmp_path, shaders):
    good = job(tmp_path, shaders / "varying.fs")
    results = run_jobs(
        tmp_path, "not json", good, job(tmp_path, "gone.fs"), {**good, "sice": 1}, {**good, "size": "x"},
        {**good, "inputs": {"nothing": 1}}, {**good, "draws": 0}, "[]", "", good,
    )  # fmt: skip
    assert [result["ok"] for result in results] == [False, True] + [False] * 6 + [True]
    assert all("\n" not in result["error"] for result in results if not result["ok"])
    assert "unknown key 'sice'" in results[3]["error"]


def test_a_still_from_the_command_line(tmp_path, shaders):
    options = SimpleNamespace(
        shader=shaders / "varying.fs", output=tmp_path / "a.png", size=(32, 18), draws=2, fps=30.0,
        set=["shift=0.5"], image=[], event=[], audio=None, noise=None, batch=None,
    )  # fmt: skip
    assert still_from_options(options)["ok"]
    assert load_picture(tmp_path / "a.png").shape == (18, 32, 4)
    named = {"shader": Path("prism"), "output": tmp_path / "prism.png", "set": []}  # as `scenes` lists it
    assert still_from_options(SimpleNamespace(**{**vars(options), **named}))["ok"]
    for wrong in (
        {"set": ["shift"]},
        {"event": ["a"]},
        {"event": ["a@b"]},
        {"output": None},
        {"set": ["no=1"]},
    ):
        with pytest.raises(UserError):
            still_from_options(SimpleNamespace(**{**vars(options), **wrong}))


def test_folders_of_every_format_and_a_sheet(write_isf, shaders, tmp_path):
    write_isf("void main() { gl_FragColor = vec4(0.0, 1.0, 0.0, 1.0); }", "green.fs")
    write_isf("void main() { oops; }", "wrong.fs")
    toy = "void mainImage(out vec4 o, vec2 p) { o = vec4(p / iResolution.xy, 0, 1); }"
    (tmp_path / "toy.glsl").write_text(toy)
    (tmp_path / "many").mkdir()
    (tmp_path / "many" / "image.glsl").write_text(toy)
    (tmp_path / "many" / "common.glsl").write_text("int f() { return x; }")
    (tmp_path / "library.glsl").write_text("float f(float x) { return x; }")
    sheet = tmp_path / "sheet.png"
    results = list(check_files([tmp_path], n_frames=2, size_px=(64, 36), sheet=sheet))
    assert [(r["file"].rpartition("/")[2], r["kind"], r["ok"], r["line"]) for r in results] == [
        ("green.fs", "isf", True, None), ("many", "shadertoy", False, 1),
        ("toy.glsl", "shadertoy", True, None), ("wrong.fs", "isf", False, 2),
    ]  # fmt: skip
    assert results[1]["error"].startswith("in common.glsl: ")
    page = load_picture(sheet)
    width, height = LARGE_PX
    cells = [
        page[GAP_PX:, GAP_PX + k * (width + GAP_PX) :][:height, :width, :3].astype(int) for k in range(4)
    ]
    assert (cells[0] == (0, 255, 0)).all()
    for cell in (cells[1], cells[3]):  # a red frame, and words
        assert (cell[0] == RED).all()
        assert (cell[:, -1] == RED).all()
        assert (cell[6:20, 6:100] > 150).all(axis=-1).any()
    assert cells[2][0, -1] == pytest.approx([253, 251, 0], abs=3)


def test_a_sheet_of_hundreds_has_pages(tmp_path):
    sheet = ContactSheet(450)
    for k in range(450):
        sheet.add(f"number {k}", np.full((9, 16, 4), k % 256, np.uint8))
    paths = sheet.save(tmp_path / "all.png")
    assert [path.name for path in paths] == ["all.png", "all-2.png", "all-3.png"]
    pages = [load_picture(path) for path in paths]
    assert pages[1][GAP_PX, GAP_PX, 0] == 200
    assert pages[0].shape[1] < 2000
    assert pages[2].shape[0] < pages[0].shape[0]  # 50 of 200
