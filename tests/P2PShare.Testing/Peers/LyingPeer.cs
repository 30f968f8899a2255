using System.Net;
using System.Net.Sockets;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Transport;

namespace P2PShare.Testing.Peers;

/// <summary>
/// A fake owner that follows the protocol and sends wrong content: it forwards every command to an honest owner and every answer
/// back, and after a number of bytes of content it inverts the first byte of each piece.
/// </summary>
public sealed class LyingPeer : IAsyncDisposable
{
    private readonly PeerAddress _honest;
    private readonly long _honestBytes;
    private readonly LoopbackListener _listener;
    private readonly List<TcpClient> _controls = [];
    private long _sent;

    /// <param name="honest">The owner whose content it claims to have.</param>
    /// <param name="honestBytes">Bytes of content that it forwards unchanged at first.</param>
    public LyingPeer(PeerAddress honest, long honestBytes)
    {
        (_honest, _honestBytes) = (honest, honestBytes);
        _listener = new LoopbackListener(ServeAsync);
    }

    public PeerAddress Address => PeerAddress.Create(IPAddress.Loopback, _listener.Port);

    /// <summary>The number of corrupted pieces sent.</summary>
    public int CorruptedPieces { get; private set; }

    /// <summary>Announces the content to a server with SHARE. The session ends when this is disposed.</summary>
    public async Task ShareAsync(int serverPort, FileIdentity identity, FileName name)
    {
        var control = new TcpClient();
        _controls.Add(control);
        await control.ConnectAsync(IPAddress.Loopback, serverPort);
        var channel = new LineChannel(control.GetStream());
        new ProtoVersion().WriteTo(channel);
        new Register(UserName.TryParse("liar"u8, out var user, out var refusal)
            ? user
            : throw new InvalidOperationException(refusal)).WriteTo(channel);
        new Share(identity, Address.Port, name).WriteTo(channel);
        await channel.FlushAsync(CancellationToken.None);
        for (var answer = 0; answer < 2; answer++)
            await channel.ReadLineAsync(CancellationToken.None);
        var shared = await channel.ReadLineAsync(CancellationToken.None);
        if (!StatusReply.TryParse(Verb.Share, shared!.Value.Span, out var reply) || reply.Refusal is not null)
            throw new InvalidOperationException($"The server refused the SHARE: {reply.Refusal}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var control in _controls)
            control.Dispose();
        await _listener.DisposeAsync();
    }

    private async Task ServeAsync(NetworkStream requester, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_honest.Ip, _honest.Port, cancellation);
        await using var owner = new NetworkStream(socket);
        var commands = requester.CopyToAsync(owner, cancellation);
        await ForwardAnswersAsync(new LineChannel(owner), new LineChannel(requester), cancellation);
        await commands;
    }

    private async Task ForwardAnswersAsync(LineChannel from, LineChannel to, CancellationToken cancellation)
    {
        while (await from.ReadLineAsync(cancellation) is { } line)
        {
            var isData = PeerReply.TryParse(line, out var reply) && reply.Kind == PeerReplyKind.Data;
            await to.WriteBytesAsync(line.ToArray(), cancellation);
            await to.WriteBytesAsync("\n"u8.ToArray(), cancellation);
            if (isData)
                await ForwardDataAsync(from, to, reply.Number, cancellation);
        }
    }

    private async Task ForwardDataAsync(LineChannel from, LineChannel to, int length, CancellationToken cancellation)
    {
        var data = new byte[length];
        await from.ReadExactlyAsync(data, cancellation);

        // Only whole pieces are corrupted. With a wrong piece layer, the owner would be rejected before it sent a piece.
        if (length == Limits.PieceBytes && (_sent += length) > _honestBytes)
        {
            data[0] ^= 0xFF;
            CorruptedPieces++;
        }

        await to.WriteBytesAsync(data, cancellation);
    }
}
