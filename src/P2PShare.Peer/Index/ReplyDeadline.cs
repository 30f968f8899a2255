namespace P2PShare.Peer.Index;

/// <summary>How long a server may take for a reply.</summary>
/// <param name="Timeout">
/// For <paramref name="LinesPerTimeout"/> lines together, so that stray lines do not prolong an exchange without end.
/// </param>
/// <param name="LinesPerTimeout">After so many lines the time starts again.</param>
/// <param name="Silence">A pause between lines after which the reply counts as complete; null where it does not end that way.</param>
internal readonly record struct ReplyDeadline(TimeSpan Timeout, int LinesPerTimeout = int.MaxValue, TimeSpan? Silence = null);
