using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Text;
using Serilog;

namespace P2PShare.Peer.Index.Servers;

/// <summary>
/// Connects to one of several servers: to the last one that accepted, and where it does not answer, to the next one that does. Those
/// that the user named come before those that other servers named (PROTOCOL.md, section 5.5).
/// </summary>
internal sealed class ServerFailover
{
    private readonly Func<ServerCandidate, CancellationToken, Task<IndexConnection>> _open;
    private readonly ILogger _log;
    private readonly ServerCandidate[] _named;
    private readonly LearnedServers _learned;
    private readonly HashSet<ServerCandidate> _distrustTold = [];
    private volatile ServerCandidate _current;

    /// <param name="servers">Those that the user named: at least one, in the order of preference.</param>
    /// <param name="open">Connects to one server, does the handshake and registers.</param>
    /// <param name="log">Says why a learned server is not used.</param>
    public ServerFailover(
        IReadOnlyList<EndPoint> servers, Func<ServerCandidate, CancellationToken, Task<IndexConnection>> open, ILogger log)
    {
        _named = [.. servers.Select(server => new ServerCandidate(server, IsLearned: false, Key: null))];
        _learned = new LearnedServers(_named);
        (_open, _log, _current) = (open, log, _named[0]);
    }

    /// <summary>The server that accepted last; before that, the first one.</summary>
    public EndPoint Current => _current.Address;

    /// <summary><see cref="Current"/> as <c>host:port</c>.</summary>
    public string CurrentName => ServerAddress.Format(Current);

    /// <summary>All servers that the user named, for a message.</summary>
    public string AllNames => string.Join(" or ", _named.Select(server => ServerAddress.Format(server.Address)));

    /// <summary>Takes what the current server answered to SERVERS. Any thread may call it.</summary>
    public void Learn(IReadOnlyList<ServerRow> others) => _learned.Replace(_current, others);

    /// <summary>Calls of this method must not overlap.</summary>
    /// <exception cref="ServerIdentityException">
    /// A server that the user named is not the one that it was. Such a learned server is skipped, and told once in the log.
    /// </exception>
    /// <exception cref="IOException">
    /// No server accepted this client; the exception of the last one that the user named, or that of a learned one that is full.
    /// </exception>
    /// <exception cref="SocketException">The same.</exception>
    public async Task<IndexConnection> OpenAsync(CancellationToken cancellation)
    {
        ExceptionDispatchInfo? failure = null;
        foreach (var candidate in InOrder())
        {
            try
            {
                var connection = await _open(candidate, cancellation);
                _current = candidate;
                return connection;
            }
            catch (Exception e) when (e is IOException or SocketException && (candidate.IsLearned || e is not ServerIdentityException))
            {
                if (candidate.IsLearned)
                    LogRefusal(candidate, e);
                if (!candidate.IsLearned || e is ServerBusyException)
                    failure = ExceptionDispatchInfo.Capture(e);
            }
        }

        failure!.Throw();
        throw failure.SourceException;
    }

    private List<ServerCandidate> InOrder()
    {
        var (current, learned) = (_current, _learned.All);
        _distrustTold.IntersectWith(learned);
        var first = Math.Max(0, Array.IndexOf(_named, current));
        List<ServerCandidate> order = [.. _named[first..], .. _named[..first], .. learned];
        if (!current.IsLearned)
            return order;
        order.RemoveAll(current.IsSameServer);
        order.Insert(0, current);
        return order;
    }

    private void LogRefusal(ServerCandidate candidate, Exception e)
    {
        var reason = e is ServerKeyChangedException changed
            ? $"its key is {changed.Actual.Grouped} and should be {changed.Known.Grouped}"
            : Printable.Of(e.Message);
        if (e is not ServerIdentityException)
            _log.Debug("{Server:l}, which another server named, is not used: {Reason:l}", candidate.Name, reason);
        else if (_distrustTold.Add(candidate))
            _log.Warning("{Server:l}, which another server named, is not trusted: {Reason:l}", candidate.Name, reason);
    }
}
