using System.Buffers;
using System.Globalization;
using NATS.Client.Core;

namespace P2PShare.Server.Cluster.Nats;

/// <summary>
/// The results of publications. One subscription receives all of them: the subject that JetStream replies to ends with the number of the
/// publication. A request of the library's own for each would cost a task and a subscription.
/// </summary>
/// <param name="connection">The connection to NATS.</param>
/// <param name="completed">Called with each publication and whether it succeeded.</param>
internal sealed class Acknowledgements(NatsConnection connection, Action<long, bool> completed)
{
    // Not one of connection.NewInbox(), to which the library does not subscribe with a wildcard. Users of NATS may subscribe to what
    // begins with _INBOX as a rule.
    private readonly string _inbox = $"_INBOX.{Guid.NewGuid():N}";
    private int _underWay;

    /// <summary>How many publications have no result yet.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Receives until cancelled.</summary>
    /// <param name="subscribed">Completes when results can be received.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(TaskCompletionSource subscribed, CancellationToken cancellation)
    {
        await using var replies = await connection.SubscribeCoreAsync<NatsMemoryOwner<byte>>(
            $"{_inbox}.*", cancellationToken: cancellation);
        subscribed.TrySetResult();
        await foreach (var reply in replies.Msgs.ReadAllAsync(cancellation))
        {
            using var data = reply.Data;
            if (!long.TryParse(reply.Subject.AsSpan(_inbox.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                continue;
            Interlocked.Decrement(ref _underWay);
            completed(number, IsSuccess(data.Span));
        }
    }

    public async ValueTask PublishAsync(string subject, byte[] payload, long number, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _underWay);
        var replyTo = string.Create(CultureInfo.InvariantCulture, $"{_inbox}.{number}");
        await connection.PublishAsync(
            subject, new ReadOnlySequence<byte>(payload), replyTo: replyTo, serializer: NatsRawSerializer<ReadOnlySequence<byte>>.Default,
            cancellationToken: cancellation);
    }

    // {"stream":"P2PSHARE_home","seq":7}, or {"error":{...}}; empty where nobody listens to the subject.
    private static bool IsSuccess(ReadOnlySpan<byte> reply) => reply.IndexOf("\"seq\""u8) >= 0 && reply.IndexOf("\"error\""u8) < 0;
}
