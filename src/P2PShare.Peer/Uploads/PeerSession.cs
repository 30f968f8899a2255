using System.Diagnostics.CodeAnalysis;
using P2PShare.Networking;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;
using P2PShare.Protocol.Transport;

namespace P2PShare.Peer.Uploads;

/// <summary>
/// Serves one connection to the peer port: a plain request for one file, or a SWARM conversation (PROTOCOL.md, section 6).
/// </summary>
internal sealed class PeerSession(Connection connection, UploadServices services) : IAsyncDisposable
{
    private readonly LineChannel _channel = new(connection.Stream);

    /// <summary>Serves until the requester or <paramref name="cancellation"/> ends the connection, then disposes the session.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var session = this;
        try
        {
            if (await ReadFirstLineAsync(cancellation) is not { } first)
                return;
            if (!first.Span.SequenceEqual(ProtoVersion.WholeLine))
            {
                await ServePlainAsync(first, cancellation);
                return;
            }

            using var conversation = new SwarmConversation(connection, _channel, services);
            await conversation.RunAsync(cancellation);
        }
        catch (LineTooLongException)
        {
            services.Log.Information("{Peer} sent a line that is too long", connection.Remote);
        }
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    private async Task<ReadOnlyMemory<byte>?> ReadFirstLineAsync(CancellationToken cancellation)
    {
        using var expired = new CancellationTokenSource(Limits.HandshakeTimeout, services.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(expired.Token, cancellation);
        return await _channel.ReadFirstLineAsync(
            line => line.Span.SequenceEqual(ProtoVersion.WholeLine) || TryFindShared(line, out _), services.Time, linked.Token);
    }

    private bool TryFindShared(ReadOnlyMemory<byte> line, [NotNullWhen(true)] out SharedFile? file)
    {
        file = null;
        return FileName.TryParse(line, out var name, out _) && services.Shared.TryFind(name, out file);
    }

    // A name that is not shared gets no byte, and no hint why. An upload that fails ends with a reset: an orderly close would tell a
    // plain requester that it has received the whole file.
    private async Task ServePlainAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
    {
        if (!TryFindShared(line, out var file))
        {
            services.Log.Information("{Peer} asked for {Name:l}, which is not shared", connection.Remote, Printable.Of(line.Span));
            return;
        }

        var requester = new Requester(connection.Remote.Address);
        await services.Slots.AcquireAsync(requester, cancellation);
        try
        {
            services.Log.Information("{Peer} fetches {Name:l}", connection.Remote, Printable.Of(file.Name.ToString()));
            if (!await TrySendAsync(file, cancellation))
                connection.Abort();
        }
        catch
        {
            connection.Abort();
            throw;
        }
        finally
        {
            services.Slots.Release(requester, file.Identity.Size);
        }
    }

    private async Task<bool> TrySendAsync(SharedFile file, CancellationToken cancellation)
    {
        if (!OpenSharedFile.TryOpen(file, out var open))
        {
            services.Shared.ReportChange(file);
            return false;
        }

        using (open)
        {
            using var sender = new ContentSender(connection, _channel, services.Limit, services.Time, cancellation);
            var fetch = services.Fetches.Begin(connection.Remote.Address, file.Name, file.Identity.Id);
            try
            {
                var sent = await sender.SendAsync(open.Handle, 0, file.Identity.Size, fetch);
                file.CountServed(sent);
                return sent == file.Identity.Size;
            }
            finally
            {
                services.Fetches.End(fetch);
            }
        }
    }
}
