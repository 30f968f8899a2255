using System.Net;
using System.Text;
using P2PShare.Networking;
using P2PShare.Peer.Index;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Transport;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Index;

/// <summary>The server's end of one control connection, played by a test with literal text.</summary>
/// <param name="bytesPerRead">How much the client gets with one receive at most; 1 is a byte at a time.</param>
internal sealed class PlayedServer(int bytesPerRead = int.MaxValue) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly StreamPair _pair = new();
    private LineChannel? _ear;

    public static UserName User { get; } = Named("yigido");

    private LineChannel Ear => _ear ??= new LineChannel(_pair.Far);

    /// <summary>A client that begins to connect.</summary>
    public Task<IndexConnection> OpenAsync(TimeProvider time, CancellationToken cancellation = default) =>
        IndexConnection.OpenAsync(DialAsync, new IPEndPoint(IPAddress.Loopback, 8080), User, SessionToken.Create(), time, cancellation);

    public Task<Connection> DialAsync(EndPoint to, CancellationToken cancellation) =>
        Task.FromResult<Connection>(new StreamConnection(new SlicedStream(_pair.Near, bytesPerRead), (IPEndPoint)to, _pair.Reset));

    /// <summary>A client that is connected, after the answers <paramref name="version"/> and REGISTER_OK.</summary>
    public async Task<IndexConnection> AcceptAsync(string version, TimeProvider time)
    {
        var opening = OpenAsync(time);
        await WelcomeAsync(version);
        return await opening.WaitAsync(Patience);
    }

    /// <summary>Hears the handshake and REGISTER, and says yes to both.</summary>
    public async Task WelcomeAsync(string version)
    {
        await ExpectAsync("PROTO_VERSION 1.0");
        await SayAsync(version + "\n");
        await ExpectAsync("REGISTER yigido");
        await SayAsync("REGISTER_OK\n");
    }

    /// <summary>The next line that the client sends; null where it closed.</summary>
    public async Task<string?> HearAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        return await Ear.ReadLineAsync(deadline.Token) is { } line ? Encoding.UTF8.GetString(line.Span) : null;
    }

    public async Task ExpectAsync(string line) => (await HearAsync()).Should().Be(line);

    /// <summary>What the client has already sent without being answered; null where there is nothing.</summary>
    public async Task<string?> OverhearAsync()
    {
        using var atOnce = new CancellationTokenSource();
        var line = Ear.ReadLineAsync(atOnce.Token).AsTask();
        if (!line.IsCompleted)
            await atOnce.CancelAsync();
        try
        {
            return await line is { } heard ? Encoding.UTF8.GetString(heard.Span) : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Says this as it stands, with no line end added.</summary>
    public async Task SayAsync(string text)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _pair.Far.WriteAsync(Encoding.UTF8.GetBytes(text), deadline.Token);
    }

    /// <summary>Says the same again and again until the client has closed.</summary>
    public async Task SayForEverAsync(string text)
    {
        try
        {
            while (true)
                await SayAsync(text);
        }
        catch (IOException)
        {
            // It has had enough.
        }
    }

    public void Close() => _pair.Far.Dispose();

    public void Dispose() => _pair.Dispose();

    public static FileName File(string text) =>
        FileName.TryParse(text, out var name, out var refusal) ? name : throw new ArgumentException(refusal, nameof(text));

    private static UserName Named(string text) =>
        UserName.TryParse(Encoding.UTF8.GetBytes(text), out var name, out var refusal) ? name : throw new ArgumentException(refusal, nameof(text));
}
