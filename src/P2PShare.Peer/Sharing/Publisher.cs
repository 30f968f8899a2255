using P2PShare.Peer.Index;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Sharing;

/// <summary>
/// Keeps <see cref="SharedFiles"/> and the server in step: shares and withdraws files in both. A plain server is sent ANNOUNCE instead
/// of SHARE, and no WITHDRAW.
/// </summary>
/// <param name="index">The server.</param>
/// <param name="shared">The shared files. A file is added before the server learns of it, so that no requester comes too early.</param>
/// <param name="port">The peer port to announce.</param>
internal sealed class Publisher(IndexClient index, SharedFiles shared, int port)
{
    /// <summary>The server knows WITHDRAW.</summary>
    public bool CanWithdraw => index.Features.HasFlag(Features.Swarm);

    /// <summary>Shares the files, and tells the server. What the server refuses is not shared.</summary>
    /// <returns>For each file, in order, null or the server's reason for refusing it.</returns>
    /// <exception cref="IOException">The server is unavailable. The files stay shared, and are announced after a reconnection.</exception>
    public async Task<IReadOnlyList<string?>> PublishAsync(IReadOnlyList<SharedFile> files, CancellationToken cancellation)
    {
        foreach (var file in files)
            shared.Put(file);
        return await AnnounceOrRemoveAsync(files, cancellation);
    }

    /// <summary>Tells the server of fetched files that are shared already. What the server refuses is not shared any more.</summary>
    /// <inheritdoc cref="PublishAsync(IReadOnlyList{SharedFile}, CancellationToken)"/>
    public async Task<IReadOnlyList<string?>> PublishFetchedAsync(IReadOnlyList<SharedFile> files, CancellationToken cancellation) =>
        files.Count == 0 ? [] : await AnnounceOrRemoveAsync(files, cancellation);

    /// <summary>Tells the server of parts. Does nothing where the server does not know parts.</summary>
    /// <exception cref="IOException">The server is unavailable. The parts are announced after a reconnection.</exception>
    public async Task PublishAsync(IReadOnlyList<SharedPart> parts, CancellationToken cancellation)
    {
        if (parts.Count > 0 && index.Features.HasFlag(Features.Parts))
            await index.UseAsync(connection => AnnounceAsync(connection, parts, cancellation), cancellation);
    }

    /// <summary>Tells the server that the part is not served any more.</summary>
    /// <exception cref="IOException">The server is unavailable.</exception>
    public async Task WithdrawAsync(SharedPart part, CancellationToken cancellation)
    {
        if (index.Features.HasFlag(Features.Parts))
            await index.UseAsync(connection => connection.WithdrawPartAsync(part.Identity.Id, cancellation), cancellation);
    }

    /// <summary>Stops sharing the file. False where it was not shared.</summary>
    /// <exception cref="IOException">The server is unavailable. The file is no longer shared all the same.</exception>
    public async Task<bool> WithdrawAsync(FileName name, CancellationToken cancellation)
    {
        if (!shared.Remove(name))
            return false;
        if (CanWithdraw)
            await index.UseAsync(connection => connection.WithdrawAsync(name, cancellation), cancellation);
        return true;
    }

    /// <summary>Stops sharing the files, but for those whose name stands for another file by now.</summary>
    /// <exception cref="IOException">The server is unavailable. The files are no longer shared all the same.</exception>
    public async Task WithdrawAsync(IReadOnlyList<SharedFile> files, CancellationToken cancellation)
    {
        var removed = files.Where(shared.Remove).Select(file => new Withdraw(file.Name)).ToList();
        if (CanWithdraw && removed.Count > 0)
            await index.UseAsync(connection => connection.WithdrawAsync(removed, cancellation), cancellation);
    }

    /// <summary>Announces all shared files to a server that knows none of them: after a reconnection.</summary>
    public async Task RepublishAsync(IndexConnection connection, CancellationToken cancellation)
    {
        await AnnounceAsync(connection, shared.Snapshot(), cancellation);
        if (connection.Features.HasFlag(Features.Parts))
            await AnnounceAsync(connection, shared.Parts(), cancellation);
    }

    private async Task<IReadOnlyList<string?>> AnnounceOrRemoveAsync(IReadOnlyList<SharedFile> files, CancellationToken cancellation)
    {
        var refusals = await index.UseAsync(connection => AnnounceAsync(connection, files, cancellation), cancellation);
        for (var i = 0; i < files.Count; i++)
        {
            if (refusals[i] is not null)
                shared.Remove(files[i]);
        }

        return refusals;
    }

    private async Task<IReadOnlyList<string?>> AnnounceAsync(
        IndexConnection connection, IReadOnlyList<SharedPart> parts, CancellationToken cancellation) =>
        await connection.SharePartsAsync([.. parts.Select(part => new SharePart(part.Identity, port))], cancellation);

    private async Task<string?[]> AnnounceAsync(IndexConnection connection, IReadOnlyList<SharedFile> files, CancellationToken cancellation)
    {
        if (connection.Features.HasFlag(Features.Swarm))
            return await connection.ShareAsync([.. files.Select(file => new Share(file.Identity, port, file.Name))], cancellation);
        var refusals = new string?[files.Count];
        for (var i = 0; i < files.Count; i++)
            refusals[i] = await connection.CommandAsync(new Announce(files[i].Name, port), cancellation);
        return refusals;
    }
}
