namespace P2PShare.Peer.Index;

/// <summary>The server does not speak version 1.0: it answered VERSION_FAIL.</summary>
internal sealed class VersionRefusedException() : IOException("the server does not speak protocol 1.0");

/// <summary>The server refused the user name. <paramref name="reason"/> is a stranger's text.</summary>
internal sealed class UserRefusedException(string reason) : IOException(reason)
{
    public string Reason { get; } = reason;
}

/// <summary>The server takes nobody more for so many seconds.</summary>
internal sealed class ServerBusyException(int seconds) : IOException($"the server is full and asks to come back in {seconds} s")
{
    public TimeSpan Pause { get; } = TimeSpan.FromSeconds(seconds);
}

/// <summary>There is no connection to the server at the moment.</summary>
internal sealed class ServerAwayException() : IOException("the connection to the server is lost");

/// <summary>The server kept silent where the protocol owes an answer.</summary>
internal sealed class ServerSilentException() : IOException("the server does not answer");

/// <summary>The server answered ERROR to a command that is in order. <paramref name="reason"/> is a stranger's text.</summary>
internal sealed class ServerRefusedException(string reason) : IOException($"the server refuses: {reason}");

/// <summary>More came than any list has. <paramref name="much"/> is how much that was.</summary>
internal sealed class EndlessListException(string much) : IOException($"the server's list has no end after {much}");

/// <summary>The server answered FOUND with an address that no peer can have.</summary>
internal sealed class ImpossibleOwnerException() : IOException("the server named an owner that nobody can be");
