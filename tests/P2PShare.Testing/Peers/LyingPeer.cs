using System.Net;
using System.Net.Sockets;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Transport;

namespace P2PShare.Testing.Peers;

/// <summary>
/// An owner that says the right words and sends the wrong bytes: it passes every command on to an honest owner and every answer
/// back, but from some byte of content on, each DATA has its first byte turned over.
/// </summary>
public sealed class LyingPeer : IAsyncDisposable
{
    private readonly PeerAddress _honest;
    private readonly long _honestBytes;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _serving;
    private readonly List<TcpClient> _controls = [];
    private long _sent;

    /// <param name="honest">Whose content it pretends to have.</param>
    /// <param name="honestBytes">Bytes of content that it passes on unchanged before it begins to lie.</param>
    public LyingPeer(PeerAddress honest, long honestBytes)
    {
        (_honest, _honestBytes) = (honest, honestBytes);
        _listener.Start();
        _serving = ServeAllAsync();
    }

    public PeerAddress Address => PeerAddress.Create(IPAddress.Loopback, ((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>How many wrong pieces it has sent.</summary>
    public int Lies { get; private set; }

    /// <summary>Says to a server that it shares this content too, and stays connected until it is disposed.</summary>
    public async Task ShareAsync(int serverPort, FileIdentity identity, FileName name)
    {
        var control = new TcpClient();
        _controls.Add(control);
        await control.ConnectAsync(IPAddress.Loopback, serverPort);
        var channel = new LineChannel(control.GetStream());
        new ProtoVersion().WriteTo(channel);
        new Register(UserName.TryParse("liar"u8, out var user, out var refusal) ? user : throw new InvalidOperationException(refusal)).WriteTo(channel);
        new Share(identity, Address.Port, name).WriteTo(channel);
        await channel.FlushAsync(_ending.Token);
        for (var answer = 0; answer < 2; answer++)
            await channel.ReadLineAsync(_ending.Token);
        var shared = await channel.ReadLineAsync(_ending.Token);
        if (!StatusReply.TryParse(Verb.Share, shared!.Value.Span, out var reply) || reply.Refusal is not null)
            throw new InvalidOperationException($"The server refused the liar: {reply.Refusal}");
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        foreach (var control in _controls)
            control.Dispose();
        await _serving;
        _ending.Dispose();
    }

    private async Task ServeAllAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
                sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_ending.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(TcpClient requester)
    {
        using var owner = new TcpClient();
        using (requester)
        {
            try
            {
                await owner.ConnectAsync(_honest.Ip, _honest.Port, _ending.Token);
                var commands = requester.GetStream().CopyToAsync(owner.GetStream(), _ending.Token);
                await PassAnswersAsync(new LineChannel(owner.GetStream()), new LineChannel(requester.GetStream()));
                await commands;
            }
            catch (Exception e) when (e is IOException or SocketException or InvalidOperationException or OperationCanceledException)
            {
                // One of the two has had enough, which is how every such conversation ends.
            }
        }
    }

    private async Task PassAnswersAsync(LineChannel from, LineChannel to)
    {
        while (await from.ReadLineAsync(_ending.Token) is { } line)
        {
            var isData = PeerReply.TryParse(line, out var reply) && reply.Kind == PeerReplyKind.Data;
            await to.WriteBytesAsync(line.ToArray(), _ending.Token);
            await to.WriteBytesAsync("\n"u8.ToArray(), _ending.Token);
            if (isData)
                await PassDataAsync(from, to, reply.Number);
        }
    }

    private async Task PassDataAsync(LineChannel from, LineChannel to, int length)
    {
        var data = new byte[length];
        await from.ReadExactlyAsync(data, _ending.Token);

        // Only whole pieces: the piece layer passes unchanged, since a liar that is found out by it would prove little.
        if (length == Limits.PieceBytes && (_sent += length) > _honestBytes)
        {
            data[0] ^= 0xFF;
            Lies++;
        }

        await to.WriteBytesAsync(data, _ending.Token);
    }
}
