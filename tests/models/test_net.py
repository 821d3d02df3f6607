"""A network is causal, and one big call equals many small ones."""

from __future__ import annotations

import pytest
import torch

from models.net.stem_net import running_means
from models.net.step_net import Gru, StepNet


def _inputs(net: StepNet, n_hops: int, batch: int = 2) -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(3)
    return tuple(torch.randn(batch, n_hops, *shape, generator=generator) for shape in net.INPUTS.values())


@pytest.fixture(params=["stem_net", "beat_net"])
def net(request) -> StepNet:
    return request.getfixturevalue(request.param)


def test_one_hop_of_the_gru_is_the_fused_kernel():
    torch.manual_seed(0)
    gru = Gru(5, 7)
    x, state = torch.randn(2, 1, 5), torch.randn(2, 7)
    by_kernel, last = gru.kernel(x, state[None])
    by_gates, after = gru(x, state)
    torch.testing.assert_close(by_gates, by_kernel)
    torch.testing.assert_close(after, last[0])


def test_a_scan_is_the_fused_kernel_gradient_and_all():
    torch.manual_seed(0)
    gru = Gru(5, 7)
    x, state = torch.randn(2, 9, 5, requires_grad=True), torch.randn(2, 7, requires_grad=True)
    gradients = []
    for training in (True, False):  # the scan, torch's kernel
        units, last = gru.train(training)(x, state)
        loss = (units * torch.linspace(-1, 1, 9)[None, :, None]).sum() + last.square().sum()
        gradients.append((units, last, *torch.autograd.grad(loss, [x, state, *gru.parameters()])))
    for scanned, fused in zip(*gradients, strict=True):
        torch.testing.assert_close(scanned, fused, atol=1e-5, rtol=1e-4)


def test_a_scan_in_half_precision_is_near(stem_net):
    inputs = _inputs(stem_net, n_hops=20)
    with torch.no_grad():
        exact = stem_net(inputs, stem_net.initial_state(2)).outputs[0]
        with torch.autocast("cpu", torch.bfloat16):
            near = stem_net.train()(inputs, stem_net.initial_state(2)).outputs[0].float()
    assert 0.0 < float((near - exact).abs().max()) < 0.03


@pytest.mark.parametrize("hops_per_call", [1, 3, 17])
@torch.no_grad()
def test_chunks_equal_the_whole(net, hops_per_call):
    inputs = _inputs(net, n_hops=40)
    whole = net(inputs, net.initial_state(2))
    state, pieces = net.initial_state(2), []
    for start in range(0, 40, hops_per_call):
        step = net(tuple(x[:, start : start + hops_per_call] for x in inputs), state)
        state = step.state
        pieces.append(step.outputs)
    for output, *parts in zip(whole.outputs, *pieces, strict=True):
        torch.testing.assert_close(torch.cat(parts, dim=1), output, atol=1e-5, rtol=1e-5)
    for after, last in zip(whole.state, state, strict=True):
        torch.testing.assert_close(last, after, atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_the_future_changes_nothing_before_it(net):
    inputs = _inputs(net, n_hops=30)
    changed = tuple(torch.cat([x[:, :20], x[:, 20:] + 5.0], dim=1) for x in inputs)
    before = net(inputs, net.initial_state(2)).outputs
    after = net(changed, net.initial_state(2)).outputs
    for one, other in zip(before, after, strict=True):
        assert torch.equal(one[:, :20], other[:, :20])
        assert not torch.equal(one[:, 20:], other[:, 20:])


@torch.no_grad()
def test_shapes_are_those_promised(net):
    step = net(_inputs(net, n_hops=4), net.initial_state(2))
    finished = net.finish(step.outputs)
    assert [tuple(x.shape[2:]) for x in finished] == list(net.OUTPUTS.values())
    assert [tuple(x.shape[1:]) for x in step.state] == list(net.STATES.values())
    assert all(bool((x >= 0).all() and (x <= 1).all()) for x in finished)


def test_running_means_are_right_from_the_first_hop_and_follow():
    x = torch.cat([torch.full((1, 600, 2), 0.7), torch.full((1, 600, 2), -0.3)], dim=1)
    means, _, share = running_means(x, torch.zeros(1, 2), torch.zeros(1, 1))
    torch.testing.assert_close(means[:, :600], x[:, :600])
    assert (means[:, 600:].diff(dim=1) < 0).all()
    assert float(means[0, -1, 0]) == pytest.approx(-0.3, abs=0.05)
    assert 0.0 < float(share) < 1.0


@torch.no_grad()
def test_masks_sum_to_one_over_the_stems(stem_net):
    masks, _ = stem_net.finish(stem_net(_inputs(stem_net, n_hops=4), stem_net.initial_state(2)).outputs)
    torch.testing.assert_close(masks.sum(dim=-2), torch.ones(2, 4, 128))
