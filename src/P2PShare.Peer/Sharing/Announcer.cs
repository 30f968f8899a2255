using System.Collections.Concurrent;
using P2PShare.Peer.Content;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Sharing;

/// <summary>
/// Hashes and shares the files that a <see cref="PathScan"/> found: a file under its own name, the files of a folder as
/// <c>folder/name</c>.
/// </summary>
internal sealed class Announcer(ContentIdentifier identifier, SharedFiles shared, Publisher publisher)
{
    /// <param name="scan">The files.</param>
    /// <param name="hashed">Receives the bytes hashed, from several threads.</param>
    /// <param name="cancellation">Stops the hashing; nothing is shared then.</param>
    /// <exception cref="IOException">The server is unavailable.</exception>
    public async Task<AnnounceReport> AnnounceAsync(PathScan scan, IProgress<long>? hashed, CancellationToken cancellation)
    {
        var skipped = new ConcurrentQueue<SkippedPath>(scan.Skipped);
        var files = WithoutSameNames(await IdentifyAsync(scan.Files, skipped, hashed, cancellation), skipped);
        var replaced = files.Where(file => shared.TryFind(file.Name, out var old) && old.Path != file.Path).ToList();
        var refusals = await publisher.PublishAsync(files, cancellation);
        for (var i = 0; i < files.Count; i++)
        {
            if (refusals[i] is { } refusal)
                skipped.Enqueue(new SkippedPath(files[i].Path, SkipReason.RefusedByServer, refusal));
        }

        NoteEmptyFolders(scan);
        return new AnnounceReport([.. files.Where((_, i) => refusals[i] is null)], [.. skipped], replaced);
    }

    private void NoteEmptyFolders(PathScan scan)
    {
        if (!scan.IsFolder || !FileName.TryParse(scan.Name, out var root, out _))
            return;
        var folders = scan.EmptyFolders.Select(folder => FileName.TryParse(folder, out var name, out _) ? name : root);
        shared.EmptyFolders.Set(root, folders.Where(name => name != root));
    }

    // In the order of the files found; null for what is skipped.
    private async Task<SharedFile?[]> IdentifyAsync(
        List<FoundFile> found, ConcurrentQueue<SkippedPath> skipped, IProgress<long>? hashed, CancellationToken cancellation)
    {
        var identified = new SharedFile?[found.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
        using (identifier.BeginBatch())
        {
            await Parallel.ForAsync(0, found.Count, parallel, async (index, token) =>
                identified[index] = await IdentifyAsync(found[index], skipped, hashed, token));
        }

        return identified;
    }

    private async Task<SharedFile?> IdentifyAsync(
        FoundFile file, ConcurrentQueue<SkippedPath> skipped, IProgress<long>? hashed, CancellationToken cancellation)
    {
        if (!FileName.TryParse(file.Name, out var name, out var refusal))
        {
            skipped.Enqueue(new SkippedPath(file.Path, SkipReason.NameNotAllowed, refusal));
            return null;
        }

        try
        {
            return new SharedFile(name, file.Path, await identifier.IdentifyAsync(file.Path, hashed, cancellation));
        }
        catch (FileChangedException)
        {
            skipped.Enqueue(new SkippedPath(file.Path, SkipReason.BeingWritten));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            skipped.Enqueue(new SkippedPath(file.Path, SkipReason.Missing));
        }
        catch (UnauthorizedAccessException)
        {
            skipped.Enqueue(new SkippedPath(file.Path, SkipReason.Unreadable));
        }
        catch (IOException e)
        {
            skipped.Enqueue(new SkippedPath(file.Path, SkipReason.ReadFailed, e.Message));
        }

        return null;
    }

    // Two names on disk can be one in NFC. The second is skipped, so that it does not replace the first.
    private static List<SharedFile> WithoutSameNames(SharedFile?[] identified, ConcurrentQueue<SkippedPath> skipped)
    {
        var files = new List<SharedFile>(identified.Length);
        var names = new HashSet<FileName>();
        foreach (var file in identified)
        {
            if (file is not null && names.Add(file.Name))
                files.Add(file);
            else if (file is not null)
                skipped.Enqueue(new SkippedPath(file.Path, SkipReason.NameTaken));
        }

        return files;
    }
}
