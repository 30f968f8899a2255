namespace P2PShare.Client.Cli.Json;

/// <summary>The codes of errors. They never change; JSON.md lists them.</summary>
internal static class ErrorCodes
{
    public const string AlreadyRunning = "already-running";
    public const string BadName = "bad-name";
    public const string Cancelled = "cancelled";
    public const string ContentUnknown = "content-unknown";
    public const string DifferentFile = "different-file";
    public const string FetchFailed = "fetch-failed";
    public const string Incomplete = "incomplete";
    public const string Internal = "internal";
    public const string InvitationRefused = "invitation-refused";
    public const string IoFailed = "io-failed";
    public const string KeyFailed = "key-failed";
    public const string LogFailed = "log-failed";
    public const string NoSuchFile = "no-such-file";
    public const string NoSuchJob = "no-such-job";
    public const string NothingShared = "nothing-shared";
    public const string NotAMember = "not-a-member";
    public const string NotAnnounced = "not-announced";
    public const string NotRepaired = "not-repaired";
    public const string NotShared = "not-shared";
    public const string Obstructed = "obstructed";
    public const string OutputFailed = "output-failed";
    public const string PortTaken = "port-taken";
    public const string SaveFailed = "save-failed";
    public const string ServerNotTrusted = "server-not-trusted";
    public const string ServerRefused = "server-refused";
    public const string ServerUnavailable = "server-unavailable";
    public const string Superseded = "superseded";
    public const string UnknownCommand = "unknown-command";
    public const string Unsupported = "unsupported";
    public const string Usage = "usage";
}
