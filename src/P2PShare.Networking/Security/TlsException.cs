namespace P2PShare.Networking.Security;

/// <summary>A TLS handshake failed. The message is the reason, and may contain untrusted text.</summary>
public sealed class TlsException(string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>
    /// The first line, without its line end, that the other side sent instead of TLS: its first 64 bytes, and of these what came in one
    /// piece. Untrusted; empty where it sent TLS or nothing.
    /// </summary>
    public ReadOnlyMemory<byte> ClearText { get; init; }
}
