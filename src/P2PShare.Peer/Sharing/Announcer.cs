using System.Collections.Concurrent;
using P2PShare.Peer.Content;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Sharing;

/// <summary>Shares what the user names: a file under its own name, or a folder's files under the folder's name and theirs.</summary>
internal sealed class Announcer(ContentIdentifier identifier, SharedFiles shared, Publisher publisher)
{
    /// <param name="path">As the user wrote it; relative to the current folder.</param>
    /// <param name="hashed">Told of bytes hashed, from several threads.</param>
    /// <param name="cancellation">Stops the hashing; nothing is shared then.</param>
    /// <exception cref="IOException">There is no such file, or the server is away.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public async Task<AnnounceReport> AnnounceAsync(string path, IProgress<long>? hashed, CancellationToken cancellation)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Directory.Exists(full))
            return await AnnounceFolderAsync(full, hashed, cancellation);
        if (!File.Exists(full))
            throw new FileNotFoundException($"There is no file {full}.");
        return await AnnounceAsync([new FoundFile(full, Path.GetFileName(full))], [], hashed, cancellation);
    }

    private async Task<AnnounceReport> AnnounceFolderAsync(string folder, IProgress<long>? hashed, CancellationToken cancellation)
    {
        var scan = FolderScan.Of(folder);
        return await AnnounceAsync(scan.Files, scan.LeftOut, hashed, cancellation);
    }

    private async Task<AnnounceReport> AnnounceAsync(
        IReadOnlyList<FoundFile> found, IReadOnlyList<LeftOut> alreadyLeftOut, IProgress<long>? hashed, CancellationToken cancellation)
    {
        var leftOut = new ConcurrentQueue<LeftOut>(alreadyLeftOut);
        var identified = new SharedFile?[found.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
        using (identifier.Gather())
        {
            await Parallel.ForAsync(0, found.Count, parallel, async (index, token) =>
                identified[index] = await IdentifyAsync(found[index], leftOut, hashed, token));
        }

        var files = WithoutNamesakes(identified, leftOut);
        var replaced = files.Where(file => shared.TryFind(file.Name, out var old) && old.Path != file.Path).ToList();
        var refusals = await publisher.PublishAsync(files, cancellation);
        for (var i = 0; i < files.Count; i++)
        {
            if (refusals[i] is { } refusal)
                leftOut.Enqueue(new LeftOut(files[i].Path, refusal));
        }

        return new AnnounceReport([.. files.Where((_, i) => refusals[i] is null)], [.. leftOut], replaced);
    }

    private async Task<SharedFile?> IdentifyAsync(FoundFile file, ConcurrentQueue<LeftOut> leftOut, IProgress<long>? hashed, CancellationToken cancellation)
    {
        if (!FileName.TryParse(file.Name, out var name, out var refusal))
        {
            leftOut.Enqueue(new LeftOut(file.Path, refusal));
            return null;
        }

        try
        {
            return new SharedFile(name, file.Path, await identifier.IdentifyAsync(file.Path, hashed, cancellation));
        }
        catch (FileChangedException)
        {
            leftOut.Enqueue(new LeftOut(file.Path, "it is being written; announce it again when that is done"));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            leftOut.Enqueue(new LeftOut(file.Path, "it is gone"));
        }
        catch (UnauthorizedAccessException)
        {
            leftOut.Enqueue(new LeftOut(file.Path, "unreadable"));
        }
        catch (IOException e)
        {
            leftOut.Enqueue(new LeftOut(file.Path, e.Message));
        }

        return null;
    }

    // Two names can be one in NFC; then the second is not shared, rather than one in the place of the other.
    private static List<SharedFile> WithoutNamesakes(SharedFile?[] identified, ConcurrentQueue<LeftOut> leftOut)
    {
        var files = new List<SharedFile>(identified.Length);
        var names = new HashSet<FileName>();
        foreach (var file in identified)
        {
            if (file is not null && names.Add(file.Name))
                files.Add(file);
            else if (file is not null)
                leftOut.Enqueue(new LeftOut(file.Path, "another file has the same name in NFC"));
        }

        return files;
    }
}
