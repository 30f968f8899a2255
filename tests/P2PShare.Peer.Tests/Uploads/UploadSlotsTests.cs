using System.Net;
using P2PShare.Peer.Uploads;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Uploads;

public sealed class UploadSlotsTests
{
    private static readonly IPAddress Greedy = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Modest = IPAddress.Parse("192.0.2.2");
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(5);

    private readonly ManualTimeProvider _time = new();
    private readonly UploadSlots _slots;

    public UploadSlotsTests() => _slots = new UploadSlots(4, 3, WaitTimeout, _time);

    [Fact]
    public async Task Single_requester_cannot_take_the_last_slot()
    {
        for (var slot = 0; slot < 3; slot++)
            (await _slots.TryAcquireAsync(Greedy, default)).Should().BeTrue();

        var fourth = _slots.TryAcquireAsync(Greedy, default);

        fourth.IsCompleted.Should().BeFalse();
        (await _slots.TryAcquireAsync(Modest, default)).Should().BeTrue();
        _time.Advance(WaitTimeout);
        (await fourth).Should().BeFalse();
    }

    [Fact]
    public async Task Free_slot_goes_to_the_requester_that_holds_the_fewest_even_if_another_came_first()
    {
        var other = IPAddress.Parse("192.0.2.3");
        await _slots.AcquireAsync(Greedy, default);
        await _slots.AcquireAsync(Greedy, default);
        await _slots.AcquireAsync(other, default);
        await _slots.AcquireAsync(other, default);
        var greedy = _slots.AcquireAsync(Greedy, default);
        var modest = _slots.AcquireAsync(Modest, default);

        _slots.Release(other);

        await modest.WaitAsync(TimeSpan.FromSeconds(30));
        greedy.IsCompleted.Should().BeFalse();
        _slots.Release(Modest);
        await greedy.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Cancelled_wait_leaks_no_slot()
    {
        foreach (var requester in new[] { Greedy, Greedy, Modest, Modest })
            await _slots.AcquireAsync(requester, default);
        using var cancel = new CancellationTokenSource();
        var waiting = _slots.AcquireAsync(Greedy, cancel.Token);
        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>();

        foreach (var requester in new[] { Greedy, Greedy, Modest, Modest })
            _slots.Release(requester);

        for (var slot = 0; slot < 4; slot++)
            (await _slots.TryAcquireAsync(IPAddress.Parse($"192.0.2.{10 + slot}"), default)).Should().BeTrue();
    }

    [Fact]
    public async Task Addresses_of_one_IPv6_64_network_count_as_one_requester()
    {
        for (var host = 1; host <= 3; host++)
            await _slots.AcquireAsync(IPAddress.Parse($"2001:db8::{host}"), default);

        _slots.AcquireAsync(IPAddress.Parse("2001:db8::4"), default).IsCompleted.Should().BeFalse();
        _slots.AcquireAsync(IPAddress.Parse("2001:db8:0:1::4"), default).IsCompleted.Should().BeTrue();
    }
}
