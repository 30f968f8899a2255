using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Peer.Index.Servers;

/// <summary>
/// The servers that other servers named: those of the newest answer, and the one that gave it. At most
/// <see cref="Limits.MaxServerRows"/>, and none that the user named. Its methods may be called by any thread.
/// </summary>
/// <param name="named">The servers that the user named.</param>
internal sealed class LearnedServers(IReadOnlyList<ServerCandidate> named)
{
    private volatile IReadOnlyList<ServerCandidate> _all = [];

    /// <summary>In the order of the answer. The list does not change after it was returned.</summary>
    public IReadOnlyList<ServerCandidate> All => _all;

    /// <summary>Replaces what was learned before.</summary>
    /// <param name="answering">The server that gave the answer; where it was learned itself, it stays known.</param>
    /// <param name="others">The answer.</param>
    public void Replace(ServerCandidate answering, IReadOnlyList<ServerRow> others)
    {
        var learned = new List<ServerCandidate>();
        if (answering.IsLearned)
            learned.Add(answering);
        foreach (var row in others)
        {
            var candidate = new ServerCandidate(row.Server.EndPoint, IsLearned: true, row.Key);
            if (learned.Count < Limits.MaxServerRows && !named.Concat(learned).Any(candidate.IsSameServer))
                learned.Add(candidate);
        }

        _all = learned;
    }
}
