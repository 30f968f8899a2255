using System.Threading.Channels;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using P2PShare.Server.Cluster.Messages;

namespace P2PShare.Server.Cluster.Nats;

/// <summary>
/// One connection to NATS, from the moment in which the stream is open to its loss: delivers to the node, and sends what it wants sent.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="stream">The cluster's stream.</param>
/// <param name="subjects">The cluster's subjects.</param>
/// <param name="queue">What the node wants sent.</param>
/// <param name="driver">Calls the node.</param>
/// <param name="loss">Ends the connection.</param>
internal sealed class ClusterConnection(
    NatsConnection connection,
    INatsJSStream stream,
    ClusterSubjects subjects,
    PublishQueue queue,
    NodeDriver driver,
    ConnectionLoss loss)
    : IDisposable
{
    private const int NotFound = 404;

    // Messages that NATS sends without being asked again: two megabytes. Twice as many make a replay a tenth faster, and leave 5 MiB
    // more in use.
    private const int MaxPulled = 500;

    // The own lease comes back every two seconds.
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(8);

    // NATS tells the time of a message in two forms, which are not rounded alike. Leases are seconds apart.
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(1);

    // Times of two seconds in which there is not even a heartbeat. A consumer has no replica: it ends with the NATS server that has it.
    private const int MaxMissed = 2;

    // An orderly end is not held up for longer by publications without a result.
    private static readonly TimeSpan LastResults = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    private readonly Acknowledgements _acknowledgements = new(connection, driver.Published);
    private readonly Channel<PublishQueue.Command.Purge> _purges = Channel.CreateUnbounded<PublishQueue.Command.Purge>();
    private CancellationTokenSource _delivery = new();

    /// <summary>Runs until the connection is lost, or until the queue has ended and is sent.</summary>
    /// <exception cref="NatsException">The connection or the stream failed.</exception>
    public async Task RunAsync()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(loss.Token);
        var subscribed = new TaskCompletionSource();
        List<Task> tasks = [_acknowledgements.RunAsync(subscribed, ending.Token)];
        await Task.WhenAny(subscribed.Task, tasks[0]);
        driver.Connected();
        tasks.AddRange([DeliverAsync(ending.Token), SendAsync(ending.Token), PurgeOthersAsync(ending.Token)]);
        var first = await Task.WhenAny(tasks);
        await ending.CancelAsync();
        await Task.WhenAll(tasks).ContinueWith(_ => { }, TaskScheduler.Default);
        driver.Disconnected();
        await first;
    }

    public void Dispose() => _delivery.Dispose();

    // Each turn is a replay.
    private async Task DeliverAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var delivery = _delivery;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(delivery.Token, cancellation);
            try
            {
                await ConsumeAsync(either.Token);
            }
            catch (OperationCanceledException) when (delivery.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                _delivery = new CancellationTokenSource();
                delivery.Dispose();
                driver.Connected();
            }
        }
    }

    private async Task ConsumeAsync(CancellationToken cancellation)
    {
        var consumer = await ReplayConsumer.CreateAsync(connection, stream, subjects, cancellation);
        var last = 0UL;
        var missed = 0;
        using var silence = loss.NewTimer(MaxSilence, "NATS delivers nothing");
        var options = new NatsJSConsumeOpts
        {
            MaxMsgs = MaxPulled,
            IdleHeartbeat = TimeSpan.FromSeconds(1),
            Expires = TimeSpan.FromSeconds(30),
            NotificationHandler = (notification, _) =>
            {
                if (notification is NatsJSTimeoutNotification && ++missed >= MaxMissed)
                    loss.Report("NATS has lost the consumer");
                return Task.CompletedTask;
            },
        };
        await foreach (var message in consumer.ConsumeAsync<NatsMemoryOwner<byte>>(opts: options, cancellationToken: cancellation))
        {
            using var data = message.Data;
            missed = 0;
            silence.Change(MaxSilence, Timeout.InfiniteTimeSpan);
            if (message.Metadata is not { } metadata)
                continue;
            if (metadata.Sequence.Consumer != ++last)
                throw new IOException("NATS has left out a message");
            driver.Received(message.Subject, data.Memory, metadata.Timestamp.UtcTicks);
        }
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        await foreach (var command in queue.Commands.ReadAllAsync(cancellation))
        {
            switch (command)
            {
                case PublishQueue.Command.Publication publication:
                    await _acknowledgements.PublishAsync(publication.Subject, publication.Payload, publication.Number, cancellation);
                    break;
                case PublishQueue.Command.Purge { NotHeardSince: long.MaxValue } own:
                    await PurgeOwnAsync(own.Server, cancellation);
                    break;
                case PublishQueue.Command.Purge other:
                    _purges.Writer.TryWrite(other);
                    break;
                default:
                    await _delivery.CancelAsync();
                    break;
            }
        }
    }

    // Beside the sending: a purge takes NATS tens of milliseconds, during which the own lease must not wait.
    private async Task PurgeOthersAsync(CancellationToken cancellation)
    {
        await foreach (var purge in _purges.Reader.ReadAllAsync(cancellation))
        {
            // Read before the lease: what the server stores after this, should it live after all, is not purged.
            await stream.RefreshAsync(cancellation);
            var last = stream.Info.State.LastSeq;
            if (!await WasHeardSinceAsync(purge, cancellation))
                await PurgeAsync(purge.Server, last + 1, cancellation);
        }
    }

    // After the results of what was published before: the stream might store it after the purge otherwise.
    private async Task PurgeOwnAsync(ServerId server, CancellationToken cancellation)
    {
        for (var waited = TimeSpan.Zero; _acknowledgements.UnderWay > 0 && waited < LastResults; waited += Poll)
            await driver.DelayAsync(Poll, cancellation);
        await PurgeAsync(server, null, cancellation);
    }

    // What has this sequence number or a higher one stays.
    private async Task PurgeAsync(ServerId server, ulong? before, CancellationToken cancellation)
    {
        var request = new StreamPurgeRequest { Filter = subjects.PurgeOf(server) };
        if (before is { } sequence)
            request = request with { Seq = sequence };
        await stream.PurgeAsync(request, cancellation);
    }

    private async Task<bool> WasHeardSinceAsync(PublishQueue.Command.Purge purge, CancellationToken cancellation)
    {
        try
        {
            var request = new StreamMsgGetRequest { LastBySubj = subjects.Lease(purge.Server) };
            var newest = await stream.GetAsync(request, cancellation);
            return newest.Message.Time.UtcTicks - purge.NotHeardSince > Rounding.Ticks;
        }
        catch (NatsJSApiException e) when (e.Error.Code == NotFound)
        {
            return false;
        }
    }
}
