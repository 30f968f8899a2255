namespace P2PShare.Server.Output;

/// <summary>
/// The message templates of the events that <c>--json</c> shows as lines of their own types, and the properties that a line takes from
/// them.
/// </summary>
internal static class ServerEvents
{
    public const string Registered = "registered as {User:l}";
    public const string Left = "{User:l} left ({Reason:l}), files withdrawn: {Count}";
    public const string Stopping = "stopping";
    public const string Stopped = "stopped";

    public const string User = nameof(User);
    public const string Reason = nameof(Reason);
    public const string Count = nameof(Count);

    /// <summary>The property of an event that says which session it belongs to; see <see cref="SessionLabel"/>.</summary>
    public const string Session = nameof(Session);
}
