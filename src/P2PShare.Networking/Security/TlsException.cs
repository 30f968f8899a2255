namespace P2PShare.Networking.Security;

/// <summary>A TLS handshake failed. The message is the reason, and may contain untrusted text.</summary>
public sealed class TlsException(string message, Exception? inner = null) : IOException(message, inner);
