using System.Net;
using P2PShare.Testing;

namespace P2PShare.Networking.Tests.Security;

/// <summary>A connection in memory. The near side is accepted, the far side is dialled or is what a test writes and reads.</summary>
internal sealed class ConnectionPair : IDisposable
{
    private static readonly IPEndPoint Remote = new(IPAddress.Loopback, 9001);
    private readonly StreamPair _pair = new();

    /// <param name="near">What is between the near side and its bytes.</param>
    /// <param name="far">What is between the far side and its bytes.</param>
    public ConnectionPair(Func<Stream, Stream>? near = null, Func<Stream, Stream>? far = null)
    {
        Near = new StreamConnection(near is null ? _pair.Near : near(_pair.Near), Remote, _pair.Reset);
        Far = new StreamConnection(far is null ? _pair.Far : far(_pair.Far), Remote, _pair.Reset);
    }

    public Connection Near { get; }

    public Connection Far { get; }

    /// <summary>Breaks the connection for both sides.</summary>
    public void Reset() => _pair.Reset();

    public void Dispose() => _pair.Dispose();
}
