using System.Net;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Uploads;

/// <summary>Random conversations share the upload slots: the bounds hold at each step, and at the end every slot is free.</summary>
public sealed class UploadSlotsModelTests
{
    private const int Slots = 6;
    private const int SlotsPerRequester = 3;
    private const int Addresses = 4;
    private const int Steps = 400;

    private sealed class Conversation(int address, bool isWatching)
    {
        public Requester Requester { get; } = new(IPAddress.Parse($"192.0.2.{address + 1}")) { IsWatching = isWatching };

        public int Held { get; set; }

        public CancellationTokenSource Cancel { get; set; } = new();

        public Task<bool>? Getting { get; set; }

        public Task? Reserving { get; set; }

        public int All => Held + (Requester.HasReservation ? 1 : 0);
    }

    [Fact]
    public async Task Bounds_hold_at_each_step_and_nothing_leaks()
    {
        var first = Random.Shared.Next();
        for (var seed = first; seed < first + 100; seed++)
            await PlayAsync(new Random(seed), $"of the seed {seed}");
    }

    private static async Task PlayAsync(Random random, string seed)
    {
        var time = new ManualTimeProvider();
        var slots = new UploadSlots(Slots, SlotsPerRequester, UploadLimits.SlotPatience, time);
        var conversations = Enumerable.Range(0, 12)
            .Select(number => new Conversation(number % Addresses, isWatching: number >= Addresses)).ToList();
        foreach (var (conversation, number) in conversations.Select((conversation, number) => (conversation, number)))
            conversation.Requester.Standing = (Standing)(number % 3);
        for (var step = 0; step < Steps; step++)
        {
            var one = conversations[random.Next(conversations.Count)];
            await (one.Requester.IsWatching ? WatchAsync(one, slots, random) : GetAsync(one, slots, random));
            if (random.Next(8) == 0)
                time.Advance(TimeSpan.FromMilliseconds(random.Next(3000)));
            await SettleAsync(conversations);
            conversations.Sum(other => other.All).Should().BeLessThanOrEqualTo(Slots, seed);
            foreach (var address in conversations.GroupBy(other => other.Requester.Key))
                address.Sum(other => other.All).Should().BeLessThanOrEqualTo(SlotsPerRequester, seed);
        }

        foreach (var conversation in conversations)
            await EndAsync(conversation, slots);
        for (var slot = 0; slot < Slots; slot++)
            slots.TryAcquire(new Requester(IPAddress.Parse($"198.51.100.{slot + 1}"))).Should().BeTrue(seed);
    }

    private static async Task WatchAsync(Conversation one, UploadSlots slots, Random random)
    {
        switch (random.Next(6))
        {
            case 0 when one.Held > 0:
                one.Held--;
                slots.Release(one.Requester, random.Next(2 * Limits.PieceBytes));
                break;
            case 1 when one.Reserving is null:
                one.Reserving = slots.ReserveAsync(one.Requester);
                break;
            case 2:
                slots.StopWaiting(one.Requester);
                one.Reserving = null;
                break;
            case 3 when one.Reserving is null:
                slots.Withdraw(one.Requester);
                one.Requester.HasReservation.Should().BeFalse();
                break;
            case 4 when one.Reserving is null:
                slots.Forget(one.Requester);
                break;
            case 5 when one.Reserving is null && one.Held == 0:
                var wasReserved = one.Requester.HasReservation;
                var isHeld = slots.TryAcquire(one.Requester);
                (isHeld || !wasReserved).Should().BeTrue("a reserved slot is never refused");
                one.Held += isHeld ? 1 : 0;
                break;
        }
    }

    private static async Task GetAsync(Conversation one, UploadSlots slots, Random random)
    {
        if (one.Held > 0 && random.Next(2) == 0)
        {
            one.Held--;
            slots.Release(one.Requester);
        }
        else if (one.Getting is null)
        {
            one.Getting = slots.TryAcquireAsync(one.Requester, one.Cancel.Token).AsTask();
        }
        else if (random.Next(3) == 0)
        {
            await CancelAsync(one);
        }
    }

    // A wait that was granted has completed, or is about to on another thread: the conversation holds the slot from then on.
    private static async Task SettleAsync(List<Conversation> conversations)
    {
        foreach (var conversation in conversations)
        {
            if (conversation.Reserving is not null && conversation.Requester.HasReservation)
                await conversation.Reserving.WaitAsync(TimeSpan.FromSeconds(30));
            if (conversation.Reserving is { IsCompleted: true })
                conversation.Reserving = null;
            if (conversation.Getting is not { IsCompleted: true } getting)
                continue;
            conversation.Held += await getting ? 1 : 0;
            conversation.Getting = null;
        }
    }

    private static async Task CancelAsync(Conversation one)
    {
        await one.Cancel.CancelAsync();
        one.Cancel = new CancellationTokenSource();
        try
        {
            one.Held += one.Getting is not null && await one.Getting ? 1 : 0;
        }
        catch (OperationCanceledException)
        {
            // Nothing was granted before.
        }

        one.Getting = null;
    }

    private static async Task EndAsync(Conversation one, UploadSlots slots)
    {
        await CancelAsync(one);
        slots.StopWaiting(one.Requester);
        for (; one.Held > 0; one.Held--)
            slots.Release(one.Requester);
        slots.Forget(one.Requester);
    }
}
