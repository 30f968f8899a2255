using P2PShare.Peer.Async;
using P2PShare.Protocol.Text;
using Serilog;

namespace P2PShare.Peer.Index.Servers;

/// <summary>
/// Learns from a server of a cluster where the others are (PROTOCOL.md, section 5.5): asks after each connection, and every minute after
/// that. A server that did not name the feature SERVERS is asked nothing.
/// </summary>
/// <param name="index">The server.</param>
/// <param name="servers">Where the others are remembered.</param>
/// <param name="time">The clock of the questions.</param>
/// <param name="log">Where failures are told.</param>
internal sealed class ServerDiscovery(IndexClient index, ServerFailover servers, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromMinutes(1);

    private readonly VersionedEvent _reconnected = new();

    /// <summary>Asks until cancelled. The client must be connected.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        index.Restored += _reconnected.Raise;
        try
        {
            while (true)
                await AskUntilReconnectedAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // The client ends.
        }
        finally
        {
            index.Restored -= _reconnected.Raise;
        }
    }

    private async Task AskUntilReconnectedAsync(CancellationToken cancellation)
    {
        var reconnected = _reconnected.WaitForChange(_reconnected.Version);
        while (true)
        {
            await TryAskAsync(cancellation);
            try
            {
                await reconnected.WaitAsync(BetweenQuestions, time, cancellation);
                return;
            }
            catch (TimeoutException)
            {
                // The connection has lasted: ask again.
            }
        }
    }

    private async Task TryAskAsync(CancellationToken cancellation)
    {
        try
        {
            if (await index.ServersAsync(cancellation) is not { } others)
                return;
            servers.Learn(others);
            log.Debug("The server named {Count} others", others.Count);
        }
        catch (IOException e)
        {
            log.Debug("The server was not asked for the others: {Reason:l}", Printable.Of(e.Message));
        }
    }
}
