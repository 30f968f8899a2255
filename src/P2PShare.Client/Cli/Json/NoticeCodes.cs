namespace P2PShare.Client.Cli.Json;

/// <summary>The codes of notices. They never change; JSON.md lists them.</summary>
internal static class NoticeCodes
{
    public const string AllOwnersBusy = "all-owners-busy";
    public const string ClockDiffers = "clock-differs";
    public const string ContentChanged = "content-changed";
    public const string ContentReplaced = "content-replaced";
    public const string FileChanged = "file-changed";
    public const string FolderChanged = "folder-changed";
    public const string NameChanged = "name-changed";
    public const string NameNotPortable = "name-not-portable";
    public const string NameReplaced = "name-replaced";
    public const string Obstructed = "obstructed";
    public const string OtherContents = "other-contents";
    public const string OwnerRejected = "owner-rejected";
    public const string NotAMember = "not-a-member";
    public const string NotRemembered = "not-remembered";
    public const string ServerFull = "server-full";
    public const string ServerLost = "server-lost";
    public const string ServerMet = "server-met";
    public const string ServerNotTrusted = "server-not-trusted";
    public const string ServerRestored = "server-restored";
    public const string UploadEnded = "upload-ended";
    public const string UploadStarted = "upload-started";
    public const string WaitingForOwner = "waiting-for-owner";
}
