using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Index;

/// <summary>A server is not the one that it was: whoever answers now may be somebody else.</summary>
internal abstract class ServerIdentityException(string server, string message) : IOException(message)
{
    /// <summary>As <c>host:port</c>.</summary>
    public string Server { get; } = server;
}

/// <summary>The server has another key than the one that is known.</summary>
internal sealed class ServerKeyChangedException(string server, KeyFingerprint known, KeyFingerprint actual)
    : ServerIdentityException(server, "the server's key has changed")
{
    public KeyFingerprint Known { get; } = known;

    public KeyFingerprint Actual { get; } = actual;
}

/// <summary>A server that spoke TLS is not to be talked to in clear text. <paramref name="why"/> is why there is no TLS now.</summary>
internal sealed class EncryptionLostException(string server, string why)
    : ServerIdentityException(server, $"the server was met with encryption, and there is none now: {why}");
