using P2PShare.Peer.Index;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Sharing;

/// <summary>Tells the server what this client shares, in the words that the server knows, and takes it back.</summary>
/// <param name="index">The server.</param>
/// <param name="shared">What is shared; a file is in it before the server hears of it, so that nobody is sent here in vain.</param>
/// <param name="port">The peer port to announce.</param>
internal sealed class Publisher(IndexClient index, SharedFiles shared, int port)
{
    /// <summary>The server can be told that a file is shared no more.</summary>
    public bool CanWithdraw => index.Features.HasFlag(Features.Swarm);

    /// <summary>Shares the files, and tells the server. For each, in order, null or the server's reason against it; what it refuses is not shared.</summary>
    /// <exception cref="IOException">The server is away; the files stay shared, and it will be told when it is back.</exception>
    public async Task<IReadOnlyList<string?>> PublishAsync(IReadOnlyList<SharedFile> files, CancellationToken cancellation)
    {
        foreach (var file in files)
            shared.Put(file);
        var refusals = await index.UseAsync(connection => TellAsync(connection, files, cancellation), cancellation);
        for (var i = 0; i < files.Count; i++)
        {
            if (refusals[i] is not null)
                shared.Remove(files[i].Name);
        }

        return refusals;
    }

    /// <summary>Stops sharing the file. False where it was not shared.</summary>
    /// <exception cref="IOException">The server is away; the file is no longer shared all the same.</exception>
    public async Task<bool> WithdrawAsync(FileName name, CancellationToken cancellation)
    {
        if (!shared.Remove(name))
            return false;
        if (CanWithdraw)
            await index.UseAsync(connection => connection.WithdrawAsync(name, cancellation), cancellation);
        return true;
    }

    /// <summary>Tells a server that knows of nothing everything: after a reconnection.</summary>
    public async Task RepublishAsync(IndexConnection connection, CancellationToken cancellation) =>
        await TellAsync(connection, shared.Snapshot(), cancellation);

    private async Task<string?[]> TellAsync(IndexConnection connection, IReadOnlyList<SharedFile> files, CancellationToken cancellation)
    {
        if (connection.Features.HasFlag(Features.Swarm))
            return await connection.ShareAsync([.. files.Select(file => new Share(file.Identity, port, file.Name))], cancellation);
        var refusals = new string?[files.Count];
        for (var i = 0; i < files.Count; i++)
            refusals[i] = await connection.CommandAsync(new Announce(files[i].Name, port), cancellation);
        return refusals;
    }
}
