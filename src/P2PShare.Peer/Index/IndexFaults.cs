using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Peer.Index;

/// <summary>The server does not speak version 1.0: it answered VERSION_FAIL.</summary>
internal sealed class VersionRefusedException() : IOException("the server does not speak protocol 1.0");

/// <summary>The server offers TLS to a connection in clear text, which is closed then.</summary>
internal sealed class TlsOfferedException() : IOException("the server speaks TLS");

/// <summary>
/// The server ended an encrypted connection without an answer to the first line, as a private server does with strangers. It does not say
/// so, and a server that stops at that moment looks the same.
/// </summary>
internal sealed class NotAMemberException() : IOException("the server ended the connection without an answer; it may be private");

/// <summary>
/// A private server did not take the invitation. <paramref name="reason"/> is untrusted text; null where the server gave none: the
/// invitation was used, has expired, or is for another name.
/// </summary>
internal sealed class InvitationRefusedException(string? reason = null) : IOException("the server did not take the invitation")
{
    public string? Reason { get; } = reason;
}

/// <summary>The server refused the user name. <paramref name="reason"/> is untrusted text.</summary>
internal sealed class UserRefusedException(string reason) : IOException(reason)
{
    public string Reason { get; } = reason;
}

/// <summary>The server accepts no further session, and asks to wait <paramref name="seconds"/> before the next attempt.</summary>
internal sealed class ServerBusyException(int seconds) : IOException($"the server is full and asks to come back in {seconds} s")
{
    public TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(seconds);
}

/// <summary>There is no connection to the server at the moment.</summary>
internal sealed class ServerUnavailableException() : IOException("the connection to the server is lost");

/// <summary>The server did not send a reply in time.</summary>
internal sealed class ServerTimeoutException() : IOException("the server does not answer");

/// <summary>The server answered ERROR to a valid command. <paramref name="reason"/> is untrusted text.</summary>
internal sealed class ServerRefusedException(string reason) : IOException($"the server refuses: {reason}")
{
    /// <exception cref="ServerRefusedException"><paramref name="line"/> is ERROR.</exception>
    public static void ThrowIfError(ReadOnlySpan<byte> line)
    {
        if (FixedReplies.IsError(line) && StatusReply.TryParse(Verb.Request, line, out var error))
            throw new ServerRefusedException(error.Refusal!);
    }
}

/// <summary>A list is longer than its bound. <paramref name="length"/> is that bound, with its unit.</summary>
internal sealed class ListTooLongException(string length) : IOException($"the server's list has no end after {length}");

/// <summary>The server answered FOUND with an address that no peer can have.</summary>
internal sealed class InvalidOwnerException() : IOException("the server named an owner that nobody can be");
