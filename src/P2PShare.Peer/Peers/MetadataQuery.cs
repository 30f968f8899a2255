using System.Net.Sockets;
using P2PShare.Networking;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Peer.Peers;

/// <summary>
/// Asks owners, over a connection of its own, for what no piece leads to: what goes with files that are empty or here already, and the
/// empty folders of a folder. An owner that is silent is waited for 2 s; what cannot be learned is left out.
/// </summary>
/// <param name="dial">Connects to owners.</param>
/// <param name="limit">The limit of what is received.</param>
/// <param name="time">The clock of every time-out.</param>
/// <param name="log">The log.</param>
internal sealed class MetadataQuery(Dial dial, RateLimiter limit, TimeProvider time, ILogger log)
{
    private const int MaxOwners = 3;

    // Their answers fit the buffers of a socket.
    private const int MaxUnanswered = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks what goes with files.</summary>
    /// <param name="owners">Those that are asked, at most three of them; the later ones for what the earlier ones did not know.</param>
    /// <param name="questions">The files.</param>
    /// <param name="learned">Receives each question's index and its answer.</param>
    /// <param name="cancellation">Ends the wait; nothing is thrown.</param>
    public async Task AskAsync(
        IEnumerable<PeerAddress> owners, IReadOnlyList<Meta> questions, Action<int, FileMetadata> learned, CancellationToken cancellation)
    {
        var open = Enumerable.Range(0, questions.Count).ToList();
        if (open.Count == 0)
            return;
        await AskEachAsync(
            owners,
            async (peer, arm) =>
            {
                var unknown = new List<int>();
                foreach (var batch in open.Chunk(MaxUnanswered))
                {
                    arm();
                    await AskAsync(peer, questions, batch, learned, unknown);
                }

                open = unknown;
                return open.Count == 0;
            },
            cancellation);
    }

    /// <summary>The empty folders below a folder: those of the first owner that names any.</summary>
    public async Task<IReadOnlyList<FileName>> FindFoldersAsync(
        IEnumerable<PeerAddress> owners, FileName root, CancellationToken cancellation)
    {
        IReadOnlyList<FileName> found = [];
        await AskEachAsync(
            owners,
            async (peer, _) => (found = await peer.AskAsync(new Folders(root))).Count > 0,
            cancellation);
        return found;
    }

    private static async Task AskAsync(
        PeerConnection peer, IReadOnlyList<Meta> questions, int[] batch, Action<int, FileMetadata> learned, List<int> unknown)
    {
        var answers = 0;
        foreach (var index in batch)
        {
            peer.Ask(questions[index], metadata =>
            {
                answers++;
                if (metadata is null)
                    unknown.Add(index);
                else
                    learned(index, metadata);
            });
        }

        await peer.FlushAsync();
        while (true)
        {
            if (peer.TryReadReply(out _))
                throw new PeerViolationException("it answered a question that was not asked");
            if (answers == batch.Length)
                return;
            peer.NoteReceived(await peer.ReceiveAsync());
        }
    }

    // Until one of them has told enough.
    private async Task AskEachAsync(
        IEnumerable<PeerAddress> owners, Func<PeerConnection, Action, Task<bool>> ask, CancellationToken cancellation)
    {
        using var silence = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellation);
        foreach (var owner in owners.Distinct().Take(MaxOwners))
        {
            try
            {
                await using var peer = await PeerConnection.OpenAsync(dial, owner, limit, time, either.Token);
                if (peer.KnowsMetadata && await ask(peer, () => silence.CancelAfter(Patience)))
                    return;
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                log.Debug("Owner {Owner} did not tell what goes with files: {Reason:l}", owner, e.Message);
                if (either.IsCancellationRequested)
                    return;
            }
        }
    }
}
