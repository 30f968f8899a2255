using System.Text.Json.Serialization;

namespace P2PShare.Client.Cli.Json;

/// <summary>
/// What the program tells, as facts: with <c>--json</c> one line of JSON each. JSON.md describes every type and property; a test holds
/// the two together. Names and paths are as they are, not escaped for a terminal.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Connected), "connected")]
[JsonDerivedType(typeof(Announced), "announced")]
[JsonDerivedType(typeof(FolderAnnounced), "folder-announced")]
[JsonDerivedType(typeof(LeftOut), "left-out")]
[JsonDerivedType(typeof(ListedFile), "file")]
[JsonDerivedType(typeof(ListEnd), "list-end")]
[JsonDerivedType(typeof(Hit), "hit")]
[JsonDerivedType(typeof(SearchEnd), "search-end")]
[JsonDerivedType(typeof(Sharing), "shared")]
[JsonDerivedType(typeof(SharedEnd), "shared-end")]
[JsonDerivedType(typeof(Requester), "requester")]
[JsonDerivedType(typeof(Withdrawn), "withdrawn")]
[JsonDerivedType(typeof(Progress), "progress")]
[JsonDerivedType(typeof(Hashing), "hashing")]
[JsonDerivedType(typeof(Saved), "saved")]
[JsonDerivedType(typeof(FolderSaved), "folder-saved")]
[JsonDerivedType(typeof(AlreadyThere), "already-there")]
[JsonDerivedType(typeof(Repaired), "repaired")]
[JsonDerivedType(typeof(JobStarted), "job-started")]
[JsonDerivedType(typeof(JobListed), "job")]
[JsonDerivedType(typeof(JobEnded), "job-ended")]
[JsonDerivedType(typeof(Limit), "limit")]
[JsonDerivedType(typeof(Fingerprints), "fingerprints")]
[JsonDerivedType(typeof(Notice), "notice")]
[JsonDerivedType(typeof(Error), "error")]
internal abstract record OutputRecord
{
    /// <summary>The background job that this belongs to; null for what a command in the foreground tells.</summary>
    [JsonPropertyOrder(1)]
    public int? Job { get; init; }

    public sealed record Connected(string Server, string User, int PeerPort) : OutputRecord;

    public sealed record Fingerprints(string? Client, string? Server) : OutputRecord;

    public sealed record Announced(string Name, long Size, string Id, string Path, string Request) : OutputRecord;

    public sealed record FolderAnnounced(string Name, int Files, long Bytes, string Request) : OutputRecord;

    public sealed record LeftOut(string Reason, int Count, IReadOnlyList<string> Paths) : OutputRecord;

    public sealed record ListedFile(string Name, long? Size, string? Id, string Owner, string? User, int Owners) : OutputRecord;

    public sealed record ListEnd(long Count, bool IsComplete) : OutputRecord;

    public sealed record Hit(string Name, long? Size, string? Id, int Owners) : OutputRecord;

    public sealed record SearchEnd(long Count, bool IsComplete) : OutputRecord;

    public sealed record Sharing(string Name, long Size, string Id, long Uploaded, string? Path, int Percent) : OutputRecord;

    public sealed record SharedEnd(long Count) : OutputRecord;

    public sealed record Requester(string Name, string Id, string Address, long Bytes, double BytesPerSecond) : OutputRecord;

    public sealed record Withdrawn(string Name, bool IsUnlisted) : OutputRecord;

    public sealed record Progress(
        string Name,
        long Bytes,
        long? TotalBytes,
        int Files,
        int TotalFiles,
        double BytesPerSecond,
        int Owners,
        long SentBytes,
        int Requesters) : OutputRecord;

    public sealed record Hashing(string Name, long Bytes, long TotalBytes) : OutputRecord;

    public sealed record Saved(
        string Name,
        string Path,
        long Size,
        string? Id,
        bool IsVerified,
        bool IsRenamed,
        bool IsUpdate,
        bool IsShared,
        long FetchedBytes,
        long FoundBytes,
        double? Seconds,
        int Owners,
        IReadOnlyList<string> RejectedOwners) : OutputRecord;

    public sealed record FolderSaved(
        string Name,
        string Path,
        int FilesSaved,
        int FilesAlreadyThere,
        int FilesMissing,
        int FilesObstructed,
        int FilesUnverifiable,
        bool IsShared,
        long FetchedBytes,
        long FoundBytes,
        double Seconds,
        int Owners,
        IReadOnlyList<string> RejectedOwners) : OutputRecord;

    public sealed record AlreadyThere(string Name, string Path, string Id) : OutputRecord;

    public sealed record Repaired(string Name, string Id, long FetchedBytes, string? KeptPath) : OutputRecord;

    public sealed record JobStarted(string Command) : OutputRecord;

    public sealed record JobListed(string Command, long? Bytes, long? TotalBytes, double BytesPerSecond) : OutputRecord;

    public sealed record JobEnded(bool Succeeded) : OutputRecord;

    public sealed record Limit(string Direction, long? BytesPerSecond) : OutputRecord;

    /// <param name="Code">One of <see cref="NoticeCodes"/>.</param>
    public sealed record Notice(string Code, string Text) : OutputRecord;

    /// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
    public sealed record Error(string Code, string Text) : OutputRecord;
}
