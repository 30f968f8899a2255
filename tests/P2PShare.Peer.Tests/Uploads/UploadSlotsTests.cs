using System.Net;
using P2PShare.Peer.Uploads;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Uploads;

public sealed class UploadSlotsTests
{
    private static readonly IPAddress Greedy = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Modest = IPAddress.Parse("192.0.2.2");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ManualTimeProvider _time = new();
    private readonly UploadSlots _slots;

    public UploadSlotsTests() => _slots = new UploadSlots(4, 3, Patience, _time);

    [Fact]
    public async Task One_requester_alone_leaves_a_slot_for_another()
    {
        for (var slot = 0; slot < 3; slot++)
            (await _slots.TryTakeAsync(Greedy, default)).Should().BeTrue();

        var fourth = _slots.TryTakeAsync(Greedy, default);

        fourth.IsCompleted.Should().BeFalse();
        (await _slots.TryTakeAsync(Modest, default)).Should().BeTrue();
        _time.Advance(Patience);
        (await fourth).Should().BeFalse();
    }

    [Fact]
    public async Task A_slot_that_comes_free_goes_to_who_holds_the_fewest_though_others_came_first()
    {
        var other = IPAddress.Parse("192.0.2.3");
        await _slots.TakeAsync(Greedy, default);
        await _slots.TakeAsync(Greedy, default);
        await _slots.TakeAsync(other, default);
        await _slots.TakeAsync(other, default);
        var greedy = _slots.TakeAsync(Greedy, default);
        var modest = _slots.TakeAsync(Modest, default);

        _slots.Return(other);

        await modest.WaitAsync(TimeSpan.FromSeconds(30));
        greedy.IsCompleted.Should().BeFalse();
        _slots.Return(Modest);
        await greedy.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Who_stops_waiting_loses_no_slot_for_the_others()
    {
        foreach (var requester in new[] { Greedy, Greedy, Modest, Modest })
            await _slots.TakeAsync(requester, default);
        using var cancel = new CancellationTokenSource();
        var waiting = _slots.TakeAsync(Greedy, cancel.Token);
        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>();

        foreach (var requester in new[] { Greedy, Greedy, Modest, Modest })
            _slots.Return(requester);

        for (var slot = 0; slot < 4; slot++)
            (await _slots.TryTakeAsync(IPAddress.Parse($"192.0.2.{10 + slot}"), default)).Should().BeTrue();
    }

    [Fact]
    public async Task Neighbours_in_an_IPv6_network_are_one_requester()
    {
        for (var host = 1; host <= 3; host++)
            await _slots.TakeAsync(IPAddress.Parse($"2001:db8::{host}"), default);

        _slots.TakeAsync(IPAddress.Parse("2001:db8::4"), default).IsCompleted.Should().BeFalse();
        _slots.TakeAsync(IPAddress.Parse("2001:db8:0:1::4"), default).IsCompleted.Should().BeTrue();
    }
}
