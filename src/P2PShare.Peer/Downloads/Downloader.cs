using System.Net.Sockets;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Index;
using P2PShare.Peer.Text;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Peer.Downloads;

/// <summary>Fetches files and folders by name. The one entry to this folder.</summary>
/// <param name="folder">Where files are saved.</param>
/// <param name="index">Who owns what.</param>
/// <param name="services">What every download works with.</param>
/// <param name="isSelf">Whether an address is this very client's.</param>
internal sealed class Downloader(DownloadsFolder folder, IOwnerIndex index, DownloadServices services, Func<PeerAddress, bool> isSelf)
{
    private const int PlainAttempts = 3;
    private readonly ExistingCopyFinder _goals = new(services.Identifier);

    /// <summary>Fetches the file <paramref name="name"/>; of its contents the one whose id begins with <paramref name="idPrefix"/> where that is given.</summary>
    /// <exception cref="OperationCanceledException">The user cancelled; what was fetched and verified is kept.</exception>
    /// <exception cref="IOException">The server is away.</exception>
    public async Task<DownloadOutcome> FetchFileAsync(FileName name, string? idPrefix, IDownloadObserver observer, CancellationToken cancellation)
    {
        if (!index.Features.HasFlag(Features.Swarm))
            return await Guarded(() => FetchPlainAsync(name, observer, cancellation));

        var rows = WithoutSelf(await index.LocateAsync(name, cancellation));
        var choice = ContentChoice.Of(rows, idPrefix);
        if (choice.Identity is not { } identity)
            return await FetchUnidentifiedAsync(name, idPrefix, choice, observer, cancellation);
        if (choice.Others > 0 && idPrefix is null)
            observer.Note($"{Quoted(name)} has {choice.Others} other content{HumanFormat.Plural(choice.Others)}; this is #{identity.Id.Short}, which most owners have.");
        return await Guarded(() => FetchAsync(name, identity, rows, observer, cancellation));
    }

    /// <summary>Fetches every file whose name begins with <paramref name="root"/> and '/'.</summary>
    /// <inheritdoc cref="FetchFileAsync"/>
    public async Task<DownloadOutcome> FetchFolderAsync(FileName root, IDownloadObserver observer, CancellationToken cancellation)
    {
        if (!index.Features.HasFlag(Features.Swarm))
            return new DownloadOutcome(false, "This server does not know folders; REQUEST their files one by one.");
        return await Guarded(() => new FolderDownload(folder, index, services, isSelf, observer).RunAsync(root, cancellation));
    }

    /// <summary>Checks the finished file of this name in the downloads folder, and fetches the pieces that are wrong.</summary>
    /// <inheritdoc cref="FetchFileAsync"/>
    public async Task<DownloadOutcome> RepairAsync(FileName name, string? idPrefix, IDownloadObserver observer, CancellationToken cancellation)
    {
        if (!index.Features.HasFlag(Features.Swarm))
            return new DownloadOutcome(false, "This server does not know what files are; nothing can be checked.");
        var path = folder.PathOf(name, out _);
        if (!File.Exists(path))
            return new DownloadOutcome(false, $"There is no file {Quoted(name)} in {Printable.Of(folder.Root)}.");
        var rows = WithoutSelf(await index.LocateAsync(name, cancellation));
        if (ContentChoice.Of(rows, idPrefix).Identity is not { } identity)
            return new DownloadOutcome(false, $"Nobody says what {Quoted(name)} should be, so that it cannot be checked.");
        return await Guarded(() => RepairAsync(name, path, identity, rows, observer, cancellation));
    }

    private async Task<DownloadOutcome> FetchUnidentifiedAsync(
        FileName name, string? idPrefix, ContentChoice choice, IDownloadObserver observer, CancellationToken cancellation)
    {
        if (idPrefix is not null)
            return new DownloadOutcome(false, $"Nobody shares {Quoted(name)} with an id that begins with {Printable.Of(idPrefix)}.");
        return choice.PlainOwners.Count > 0
            ? await Guarded(() => FetchPlainAsync(name, observer, cancellation))
            : new DownloadOutcome(false, $"Nobody else shares {Quoted(name)}.");
    }

    private async Task<DownloadOutcome> FetchAsync(
        FileName name, FileIdentity identity, IReadOnlyList<OwnerRow> rows, IDownloadObserver observer, CancellationToken cancellation)
    {
        var goal = folder.PathOf(name, out var isChanged);
        if (isChanged)
            observer.Note($"Saved as {Printable.Of(Path.GetFileName(goal))}: this system cannot hold the name.");
        if (await _goals.FindSameAsync(goal, identity, cancellation) is { } same)
            return new DownloadOutcome(true, $"{HumanFormat.PathFromHere(same)} is already there, with the same content.");
        if (!folder.TryMakeFoldersFor(goal, out var obstacle))
            return new DownloadOutcome(false, $"{Quoted(name)} cannot be saved: {Printable.Of(obstacle)} is in the way.");

        var started = services.Time.GetTimestamp();
        var file = new DownloadFile(name, identity, goal);
        var report = await RunAsync(file, rows, observer, cancellation);
        if (report.Failure is { } failure)
            return new DownloadOutcome(false, $"{Quoted(name)} is not complete: {failure}. What is verified is kept; REQUEST it again to go on.{LiarsNote(report)}");
        var renamed = file.FinishedPath == goal ? "" : " (the name was taken by another file)";
        return new DownloadOutcome(true,
            $"Saved {HumanFormat.PathFromHere(file.FinishedPath!)}{renamed}: {HumanFormat.Bytes(identity.Size)}, every byte verified, "
            + $"{HumanFormat.Bytes(report.FetchedBytes)} fetched in {HumanFormat.Time(services.Time.GetElapsedTime(started))} from {HumanFormat.Count(report.Owners, "owner")}.{LiarsNote(report)}");
    }

    private async Task<DownloadOutcome> RepairAsync(
        FileName name, string path, FileIdentity identity, IReadOnlyList<OwnerRow> rows, IDownloadObserver observer, CancellationToken cancellation)
    {
        // One piece is either right or fetched anew; the bytes decide, never the cache, because damage leaves a file's date alone.
        if (identity.PieceCount <= 1 && await IsRightAsync(path, identity, cancellation))
            return new DownloadOutcome(true, $"{Quoted(name)} is right; nothing was wrong.");
        RepairTarget? target = null;
        var file = new DownloadFile(name, identity, path, () => target = new RepairTarget(path, identity));
        var report = await RunAsync(file, rows, observer, cancellation);
        if (report.Failure is { } failure)
            return new DownloadOutcome(false, $"{Quoted(name)} is not repaired: {failure}.{LiarsNote(report)}");
        return new DownloadOutcome(true, report.FetchedBytes == 0
            ? $"{Quoted(name)} is right; nothing had to be fetched."
            : $"{Quoted(name)} is repaired: {HumanFormat.Bytes(report.FetchedBytes)} fetched.{KeptNote(target)}{LiarsNote(report)}");
    }

    private Task<FetchReport> RunAsync(DownloadFile file, IReadOnlyList<OwnerRow> rows, IDownloadObserver observer, CancellationToken cancellation) =>
        new Download([file], async token => WithoutSelf(await index.LocateAsync(file.Identity.Id, token)), services, observer)
            .RunAsync(rows, cancellation);

    private static async Task<bool> IsRightAsync(string path, FileIdentity identity, CancellationToken cancellation)
    {
        using var file = ContentIdentifier.OpenForReading(path);
        return RandomAccess.GetLength(file) == identity.Size
            && (await FileHasher.HashAsync(file, path, identity.Size, hashed: null, cancellation)).Identity == identity;
    }

    private async Task<DownloadOutcome> FetchPlainAsync(FileName name, IDownloadObserver observer, CancellationToken cancellation)
    {
        var goal = folder.PathOf(name, out _);
        string? failure = null;
        for (var attempt = 0; attempt < PlainAttempts; attempt++)
        {
            if (await index.RequestAsync(name, cancellation) is not { } owner)
                return new DownloadOutcome(false, $"Nobody shares {Quoted(name)}.");

            // Owners take turns: the next one may be another.
            if (isSelf(owner))
                continue;
            if (!folder.TryMakeFoldersFor(goal, out var obstacle))
                return new DownloadOutcome(false, $"{Quoted(name)} cannot be saved: {Printable.Of(obstacle)} is in the way.");
            try
            {
                var (path, bytes) = await new PlainDownload(services, observer).FetchAsync(owner, name, goal, cancellation);
                return new DownloadOutcome(true, PlainSummary(path, goal, bytes, owner));
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                failure = $"{owner}: {e.Message}";
                services.Log.Warning("Owner {Owner}: {Reason:l}", owner, e.Message);
            }
        }

        return new DownloadOutcome(false, failure is null
            ? $"Nobody else shares {Quoted(name)}."
            : $"{Quoted(name)} could not be fetched: {failure}.");
    }

    private static string KeptNote(RepairTarget? target) =>
        target?.KeptAs is { } kept ? $" What it was is kept as {HumanFormat.PathFromHere(kept)}." : "";

    private string PlainSummary(string path, string goal, long bytes, PeerAddress owner)
    {
        var plain = index.Features.HasFlag(Features.Swarm) ? "its owner" : "the server";
        var renamed = path == goal ? "" : " (the name was taken by another file)";
        var nothing = bytes == 0 ? " The owner sent nothing: the file is empty, or no longer shared." : "";
        return $"Saved {HumanFormat.PathFromHere(path)}{renamed}: {HumanFormat.Bytes(bytes)} from {owner}. "
            + $"This copy could not be verified: {plain} speaks only protocol 1.0.{nothing}";
    }

    private IReadOnlyList<OwnerRow> WithoutSelf(IReadOnlyList<OwnerRow> rows) => [.. rows.Where(row => !isSelf(row.Owner))];

    private static async Task<DownloadOutcome> Guarded(Func<Task<DownloadOutcome>> fetch)
    {
        try
        {
            return await fetch();
        }
        catch (Exception e) when (e is SaveFailedException or UnauthorizedAccessException)
        {
            return new DownloadOutcome(false, $"It cannot be saved: {Printable.Of(e.Message.TrimEnd('.'))}. What is verified is kept.");
        }
    }

    internal static string LiarsNote(FetchReport report) =>
        report.Liars.Count == 0 ? "" : $" Left out for wrong answers: {string.Join(", ", report.Liars)}.";

    private static string Quoted(FileName name) => Printable.Of(name.ToString());
}
