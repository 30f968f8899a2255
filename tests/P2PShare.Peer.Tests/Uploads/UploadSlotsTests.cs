using System.Net;
using P2PShare.Peer.Uploads;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Uploads;

public sealed class UploadSlotsTests
{
    private readonly Requester _greedy = Of("192.0.2.1");
    private readonly Requester _modest = Of("192.0.2.2");
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(5);

    private readonly ManualTimeProvider _time = new();
    private readonly UploadSlots _slots;

    public UploadSlotsTests() => _slots = new UploadSlots(4, 3, WaitTimeout, _time);

    [Fact]
    public async Task Single_requester_cannot_take_the_last_slot()
    {
        for (var slot = 0; slot < 3; slot++)
            (await _slots.TryAcquireAsync(_greedy, default)).Should().BeTrue();

        var fourth = _slots.TryAcquireAsync(_greedy, default);

        fourth.IsCompleted.Should().BeFalse();
        (await _slots.TryAcquireAsync(_modest, default)).Should().BeTrue();
        _time.Advance(WaitTimeout);
        (await fourth).Should().BeFalse();
    }

    [Fact]
    public async Task Free_slot_goes_to_the_requester_that_holds_the_fewest_even_if_another_came_first()
    {
        var other = Of("192.0.2.3");
        await _slots.AcquireAsync(_greedy, default);
        await _slots.AcquireAsync(_greedy, default);
        await _slots.AcquireAsync(other, default);
        await _slots.AcquireAsync(other, default);
        var greedy = _slots.AcquireAsync(_greedy, default);
        var modest = _slots.AcquireAsync(_modest, default);

        _slots.Release(other);

        await modest.WaitAsync(TimeSpan.FromSeconds(30));
        greedy.IsCompleted.Should().BeFalse();
        _slots.Release(_modest);
        await greedy.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Cancelled_wait_leaks_no_slot()
    {
        foreach (var requester in new[] { _greedy, _greedy, _modest, _modest })
            await _slots.AcquireAsync(requester, default);
        using var cancel = new CancellationTokenSource();
        var waiting = _slots.AcquireAsync(_greedy, cancel.Token);
        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>();

        foreach (var requester in new[] { _greedy, _greedy, _modest, _modest })
            _slots.Release(requester);

        for (var slot = 0; slot < 4; slot++)
            (await _slots.TryAcquireAsync(Of($"192.0.2.{10 + slot}"), default)).Should().BeTrue();
    }

    [Fact]
    public async Task Addresses_of_one_IPv6_64_network_count_as_one_requester()
    {
        for (var host = 1; host <= 3; host++)
            await _slots.AcquireAsync(Of($"2001:db8::{host}"), default);

        _slots.AcquireAsync(Of("2001:db8::4"), default).IsCompleted.Should().BeFalse();
        _slots.AcquireAsync(Of("2001:db8:0:1::4"), default).IsCompleted.Should().BeTrue();
    }

    private static Requester Of(string address) => new(IPAddress.Parse(address));
}
