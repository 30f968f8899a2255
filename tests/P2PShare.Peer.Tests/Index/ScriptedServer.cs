using System.Net;
using System.Text;
using P2PShare.Networking;
using P2PShare.Peer.Index;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Transport;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Index;

/// <summary>The server's end of one control connection. A test sends and expects literal text.</summary>
/// <param name="bytesPerRead">The most that the client gets with one receive.</param>
internal sealed class ScriptedServer(int bytesPerRead = int.MaxValue) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly StreamPair _pair = new();
    private LineChannel? _channel;

    public static UserName User { get; } = Named("yigido");

    private LineChannel Channel => _channel ??= new LineChannel(_pair.Far);

    /// <summary>Starts to connect a client.</summary>
    public Task<IndexConnection> OpenAsync(TimeProvider time, CancellationToken cancellation = default) =>
        IndexConnection.OpenAsync(DialAsync, new IPEndPoint(IPAddress.Loopback, 8080), User, SessionToken.Create(), time, cancellation);

    public Task<Connection> DialAsync(EndPoint to, CancellationToken cancellation) =>
        Task.FromResult<Connection>(new StreamConnection(new SlicedStream(_pair.Near, bytesPerRead), (IPEndPoint)to, _pair.Reset));

    /// <summary>Connects a client, with the replies <paramref name="version"/> and REGISTER_OK.</summary>
    public async Task<IndexConnection> AcceptAsync(string version, TimeProvider time)
    {
        var opening = OpenAsync(time);
        await AcceptHandshakeAsync(version);
        return await opening.WaitAsync(Timeout);
    }

    /// <summary>Accepts the handshake and REGISTER.</summary>
    public async Task AcceptHandshakeAsync(string version)
    {
        await ExpectAsync("PROTO_VERSION 1.0");
        await SendAsync(version + "\n");
        await ExpectAsync("REGISTER yigido");
        await SendAsync("REGISTER_OK\n");
    }

    /// <summary>Receives the client's next line; null where the client has closed.</summary>
    public async Task<string?> ReceiveAsync()
    {
        using var deadline = new CancellationTokenSource(Timeout);
        return await Channel.ReadLineAsync(deadline.Token) is { } line ? Encoding.UTF8.GetString(line.Span) : null;
    }

    public async Task ExpectAsync(string line) => (await ReceiveAsync()).Should().Be(line);

    /// <summary>The line that the client has already sent, without waiting for one; null where there is none.</summary>
    public async Task<string?> ReceivePendingAsync()
    {
        using var noWait = new CancellationTokenSource();
        var line = Channel.ReadLineAsync(noWait.Token).AsTask();
        if (!line.IsCompleted)
            await noWait.CancelAsync();
        try
        {
            return await line is { } received ? Encoding.UTF8.GetString(received.Span) : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Sends the text as it is; adds no line end.</summary>
    public async Task SendAsync(string text)
    {
        using var deadline = new CancellationTokenSource(Timeout);
        await _pair.Far.WriteAsync(Encoding.UTF8.GetBytes(text), deadline.Token);
    }

    /// <summary>Sends the text again and again until the client has closed.</summary>
    public async Task SendUntilClosedAsync(string text)
    {
        try
        {
            while (true)
                await SendAsync(text);
        }
        catch (IOException)
        {
            // The client has closed.
        }
    }

    public void Close() => _pair.Far.Dispose();

    public void Dispose() => _pair.Dispose();

    public static FileName File(string text) =>
        FileName.TryParse(text, out var name, out var refusal) ? name : throw new ArgumentException(refusal, nameof(text));

    private static UserName Named(string text) =>
        UserName.TryParse(Encoding.UTF8.GetBytes(text), out var name, out var refusal)
            ? name
            : throw new ArgumentException(refusal, nameof(text));
}
