using System.Net;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Uploads;

/// <summary>The upload slots of requesters that watch: reserved one by one, in the order of their standing and of their grants.</summary>
public sealed class WatchingSlotsTests
{
    private const int Slots = 8;

    private readonly ManualTimeProvider _time = new();
    private readonly UploadSlots _slots;
    private int _requesters;

    public WatchingSlotsTests() => _slots = NewSlots(Slots);

    [Fact]
    public void Few_requesters_are_served_at_once_and_the_others_have_to_reserve()
    {
        var (first, second, third) = (Watching(), Watching(), Watching());
        _slots.TryAcquire(first).Should().BeTrue();
        _slots.IsContended.Should().BeFalse();
        _slots.TryAcquire(second).Should().BeTrue();

        _slots.TryAcquire(third).Should().BeFalse();

        _slots.IsContended.Should().BeTrue();
        _slots.Release(first);
        _slots.TryAcquire(third).Should().BeFalse("more requesters have asked of late than are served");
        Reserve(third);
        third.HasReservation.Should().BeTrue();
        _slots.TryAcquire(third).Should().BeTrue();
        third.HasReservation.Should().BeFalse("a reservation is for one GET");
        _slots.TryAcquire(third).Should().BeFalse();
    }

    [Fact]
    public async Task Requester_with_a_reservation_is_not_made_to_wait_for_another()
    {
        var requester = Watching();
        await _slots.ReserveAsync(requester);

        await _slots.ReserveAsync(requester).WaitAsync(TimeSpan.FromSeconds(30));

        _slots.Withdraw(requester);
        AssertAllFree();
    }

    [Fact]
    public void Requester_that_has_not_asked_for_6_s_is_not_counted()
    {
        var requesters = new[] { Watching(), Watching(), Watching() };
        foreach (var requester in requesters)
            _slots.TryAcquire(requester);
        _time.Advance(Limits.WatchPatience + TimeSpan.FromSeconds(1));
        _slots.IsContended.Should().BeTrue("a requester that waits asks every 5 s");

        _time.Advance(TimeSpan.FromMilliseconds(1));

        _slots.IsContended.Should().BeFalse();
    }

    [Fact]
    public void Slots_are_contended_as_long_as_a_requester_waits()
    {
        _slots.TryAcquire(Watching());
        _slots.TryAcquire(Watching());
        Reserve(Watching());

        _time.Advance(TimeSpan.FromSeconds(7));

        _slots.IsContended.Should().BeTrue();
    }

    [Fact]
    public void Withdrawn_reservation_goes_to_the_next_that_waits()
    {
        var (first, second, third) = (Watching(), Watching(), Watching());
        Reserve(first);
        Reserve(second);
        Reserve(third);
        third.HasReservation.Should().BeFalse();

        _slots.Withdraw(first);

        (first.HasReservation, third.HasReservation).Should().Be((false, true));
        _slots.Withdraw(first);
        _slots.Withdraw(second);
        _slots.Withdraw(third);
        AssertAllFree();
    }

    [Fact]
    public void Requester_that_leaves_gives_back_its_reservation_and_is_not_counted()
    {
        var requesters = new[] { Watching(), Watching(), Watching() };
        foreach (var requester in requesters)
            Reserve(requester);
        _slots.IsContended.Should().BeTrue();

        _slots.Forget(requesters[0]);

        _slots.IsContended.Should().BeFalse();
        requesters[2].HasReservation.Should().BeTrue();
        _slots.Forget(requesters[1]);
        _slots.Forget(requesters[2]);
        AssertAllFree();
    }

    [Fact]
    public void A_requester_that_waits_no_longer_is_not_granted_a_slot_later()
    {
        var (first, second, third) = (Watching(), Watching(), Watching());
        Reserve(first);
        Reserve(second);
        var waiting = _slots.ReserveAsync(third);

        _slots.StopWaiting(third);
        _slots.Withdraw(first);
        _slots.Withdraw(second);
        third.HasReservation.Should().BeFalse();
        waiting.IsCompleted.Should().BeFalse();
        AssertAllFree();
    }

    [Fact]
    public void Those_that_give_come_first_but_every_fourth_slot_is_a_newcomers_and_every_tenth_goes_to_those_that_take()
    {
        var slots = NewSlots(1);
        var busy = Watching();
        slots.TryAcquire(busy).Should().BeTrue();
        Standing[] standings = [Standing.Takes, Standing.Serves, Standing.Serves, Standing.Gives, Standing.Gives];
        var requesters = standings.Select(Watching).ToList();

        var served = Serve(slots, busy, requesters, turns: 40);

        served.Index().Should().OnlyContain(
            turn => turn.Item.Standing == (turn.Index % 10 == 8 ? Standing.Takes : turn.Index % 4 == 0 ? Standing.Serves : Standing.Gives),
            "some of each wait all the time");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Those_that_give_lose_at_most_a_tenth_to_those_that_take(bool withNewcomers)
    {
        const int Turns = 400;
        int GivenTo(Standing standing, bool withTakers)
        {
            var slots = NewSlots(1);
            var busy = Watching();
            slots.TryAcquire(busy).Should().BeTrue();
            var requesters = new List<Requester> { Watching(Standing.Gives), Watching(Standing.Gives) };
            if (withNewcomers)
                requesters.AddRange([Watching(Standing.Serves), Watching(Standing.Serves)]);
            if (withTakers)
                requesters.AddRange([Watching(), Watching()]);
            return Serve(slots, busy, requesters, Turns).Count(served => served.Standing == standing);
        }

        GivenTo(Standing.Gives, withTakers: true).Should().BeGreaterThanOrEqualTo(GivenTo(Standing.Gives, withTakers: false) * 9 / 10);
        GivenTo(Standing.Takes, withTakers: true).Should().Be(Turns / 10);
    }

    [Fact]
    public void Those_that_only_take_are_served_when_no_other_waits()
    {
        var slots = NewSlots(1);
        var busy = Watching();
        slots.TryAcquire(busy).Should().BeTrue();
        var (takes, serves) = (Watching(Standing.Takes), Watching(Standing.Serves));
        Reserve(takes, slots);
        Reserve(serves, slots);

        slots.Release(busy);
        (takes.HasReservation, serves.HasReservation).Should().Be((false, true));
        slots.Withdraw(serves);

        takes.HasReservation.Should().BeTrue();
    }

    [Fact]
    public void Newcomer_takes_its_turn_and_does_not_catch_up()
    {
        var slots = NewSlots(1);
        var busy = Watching();
        slots.TryAcquire(busy).Should().BeTrue();
        var requesters = new List<Requester> { Watching(Standing.Serves), Watching(Standing.Serves) };
        busy = Serve(slots, busy, requesters, turns: 20)[^1];
        requesters.Add(Watching(Standing.Serves));

        var served = Serve(slots, busy, requesters, turns: 12);

        foreach (var requester in requesters)
            served.Count(other => other == requester).Should().BeInRange(3, 5);
    }

    [Fact]
    public void Requesters_that_do_not_watch_get_the_slots_that_are_left()
    {
        for (var watching = 0; watching < 5; watching++)
            Reserve(Watching());

        for (var slot = 0; slot < Slots - UploadLimits.MinWatchingSlots; slot++)
            _slots.TryAcquire(Plain()).Should().BeTrue();

        _slots.TryAcquire(Plain()).Should().BeFalse();
    }

    [Fact]
    public async Task Requester_that_does_not_watch_is_served_before_those_that_do()
    {
        var slots = NewSlots(1);
        var busy = Plain();
        slots.TryAcquire(busy).Should().BeTrue();
        var watching = Watching(Standing.Gives);
        Reserve(watching, slots);
        var plain = slots.AcquireAsync(Plain(), default);

        slots.Release(busy);

        await plain.WaitAsync(TimeSpan.FromSeconds(30));
        watching.HasReservation.Should().BeFalse();
    }

    [Fact]
    public void Connections_of_one_address_share_the_bound_of_one_requester()
    {
        var slots = new UploadSlots(Slots, 1, UploadLimits.SlotPatience, _time);
        var (one, other) = (Watching(), Watching());
        var sameAsOne = new Requester(one.Key) { IsWatching = true };
        Reserve(one, slots);
        Reserve(sameAsOne, slots);
        sameAsOne.HasReservation.Should().BeFalse();

        Reserve(other, slots);

        other.HasReservation.Should().BeTrue();
        slots.Withdraw(one);
        sameAsOne.HasReservation.Should().BeTrue();
    }

    private static List<Requester> Serve(UploadSlots slots, Requester busy, List<Requester> requesters, int turns)
    {
        // All but the one that is served wait; whoever was served waits again at once.
        foreach (var requester in requesters.Where(requester => requester != busy))
            Reserve(requester, slots);
        var served = new List<Requester>();
        for (; turns > 0; turns--)
        {
            slots.Release(busy);
            if (requesters.Contains(busy))
                Reserve(busy, slots);
            busy = requesters.Single(requester => requester.HasReservation);
            slots.TryAcquire(busy).Should().BeTrue();
            served.Add(busy);
        }

        return served;
    }

    private void Reserve(Requester requester) => Reserve(requester, _slots);

    private static void Reserve(Requester requester, UploadSlots slots) => _ = slots.ReserveAsync(requester);

    private UploadSlots NewSlots(int count) => new(count, count, UploadLimits.SlotPatience, _time);

    private void AssertAllFree()
    {
        for (var slot = 0; slot < Slots; slot++)
            _slots.TryAcquire(Plain()).Should().BeTrue();
    }

    private Requester Plain() => new(IPAddress.Parse($"192.0.2.{++_requesters}"));

    private Requester Watching(Standing standing = Standing.Takes)
    {
        var requester = Plain();
        (requester.IsWatching, requester.Standing) = (true, standing);
        return requester;
    }
}
