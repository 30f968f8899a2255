using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Cluster.Servers;
using P2PShare.Server.Cluster.Status;
using P2PShare.Server.Configuration;

namespace P2PShare.Server.Cluster.Nats;

/// <summary>Reads who is in a cluster, for somebody who is not.</summary>
internal static class ClusterReader
{
    private const int NotFound = 404;

    /// <summary>The servers with the newest lease of each, the longest-running first.</summary>
    /// <exception cref="ClusterException">It cannot be read: NATS is not there, refuses, or has no such cluster.</exception>
    public static async Task<IReadOnlyList<ListedServer>> ReadAsync(
        ClusterSettings settings, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await using var nats = new NatsConnection(NatsOptions.Of(settings));
            await nats.ConnectAsync();
            return await ReadAsync(new NatsJSContext(nats), settings, time, cancellation);
        }
        catch (NatsJSApiException e) when (e.Error.Code == NotFound)
        {
            throw new ClusterException($"there is no cluster {settings.Name} at {settings.ShownUrls}; --cluster-name names another one");
        }
        catch (Exception e) when (e is not (OperationCanceledException or ClusterException))
        {
            throw new ClusterException($"{settings.ShownUrls}: {NatsFaults.WhyHopeless(e) ?? NatsFaults.Reason(e)}");
        }
    }

    /// <inheritdoc cref="ReadAsync(ClusterSettings, TimeProvider, CancellationToken)"/>
    /// <param name="context">A connection.</param>
    /// <param name="settings">Names the cluster.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="NatsJSApiException">NATS refuses, or has no such cluster.</exception>
    public static async Task<IReadOnlyList<ListedServer>> ReadAsync(
        NatsJSContext context, ClusterSettings settings, TimeProvider time, CancellationToken cancellation)
    {
        var subjects = new ClusterSubjects(settings.Name);
        var request = new StreamInfoRequest { SubjectsFilter = subjects.AllLeases };
        var stream = await context.GetStreamAsync(StreamSetup.NameOf(settings.Name), request, cancellation);
        var servers = new List<ListedServer>();
        foreach (var subject in stream.Info.State.Subjects?.Keys ?? Enumerable.Empty<string>())
        {
            if (!subjects.TryParse(subject, out var id, out _))
                continue;
            if (await TryGetAsync(stream, subject, cancellation) is not { } newest
                || !LeaseMessage.TryRead(newest.Data, out var lease)
                || lease.State != ServerState.Serving)
                continue;
            var age = Max(TimeSpan.Zero, time.GetUtcNow() - newest.Time);
            if (age <= ClusterBounds.DeadAge)
                servers.Add(new ListedServer(id, lease, age));
        }

        return [.. servers.OrderBy(server => server.Lease.Started)];
    }

    // It may have been purged since the subjects were listed.
    private static async Task<StoredMessage?> TryGetAsync(INatsJSStream stream, string subject, CancellationToken cancellation)
    {
        try
        {
            return (await stream.GetAsync(new StreamMsgGetRequest { LastBySubj = subject }, cancellation)).Message;
        }
        catch (NatsJSApiException e) when (e.Error.Code == NotFound)
        {
            return null;
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
