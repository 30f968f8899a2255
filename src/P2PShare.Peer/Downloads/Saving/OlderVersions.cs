using P2PShare.Peer.Content;
using P2PShare.Peer.Linux;
using P2PShare.Protocol;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>
/// Takes the pieces of a file that older versions of it hold at the same place: a log that grew, an image of a disk with some changed
/// blocks. Every piece is verified before it is written.
/// </summary>
internal static class OlderVersions
{
    // Versions that are looked at, of finished and of partial files each.
    private const int MaxVersions = 8;

    // Another file that only has the same name is recognized by so many pieces, and not read to its end.
    private const int Samples = 16;

    /// <summary>The files that may hold older versions: those with the name of the destination, and what is left of downloads.</summary>
    /// <param name="destination">A full path.</param>
    public static IEnumerable<string> PathsBeside(string destination) =>
    [
        .. FinalName.Candidates(destination).Take(MaxVersions).TakeWhile(Path.Exists),
        .. Enumerable.Range(0, MaxVersions).Select(number => PartialFile.PartName(destination, number)).TakeWhile(Path.Exists),
    ];

    /// <summary>Copies into <paramref name="target"/> what these files hold of the missing pieces.</summary>
    /// <param name="paths">Files of any content; those that cannot be read are passed over.</param>
    /// <param name="layer">The content of the target.</param>
    /// <param name="verified">For each piece whether the target has it; is updated.</param>
    /// <param name="target">Where verified pieces are written to.</param>
    /// <param name="copied">Receives the length of each piece that was copied, from several threads.</param>
    /// <param name="cancellation">Stops the copying; what is written stays.</param>
    /// <exception cref="SaveFailedException">A piece could not be written.</exception>
    public static async Task CopyPiecesAsync(
        IEnumerable<string> paths,
        PieceLayer layer,
        bool[] verified,
        IPieceTarget target,
        Action<long> copied,
        CancellationToken cancellation)
    {
        foreach (var path in paths)
        {
            try
            {
                await CopyPiecesAsync(path, layer, verified, target, copied, cancellation);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is locked by the download that writes it, or gone, or no regular file.
            }
        }
    }

    private static async Task CopyPiecesAsync(
        string path,
        PieceLayer layer,
        bool[] verified,
        IPieceTarget target,
        Action<long> copied,
        CancellationToken cancellation)
    {
        // Opening a pipe would block.
        var size = FileStamp.Of(path).Size;
        var missing = Enumerable.Range(0, verified.Length)
            .Where(index => !verified[index] && (long)index * Limits.PieceBytes + layer.Identity.PieceLength(index) <= size)
            .ToList();
        if (missing.Count == 0)
            return;

        using var file = ContentIdentifier.OpenForReading(path);
        var isOlderVersion = false;
        void Copy(int index, ReadOnlySpan<byte> piece)
        {
            Write(target, index, piece);
            verified[index] = true;
            Volatile.Write(ref isOlderVersion, true);
            copied(piece.Length);
        }

        var step = Math.Max(1, missing.Count / Samples);
        await FileHasher.FindValidPiecesAsync(file, layer, [.. missing.Where((_, number) => number % step == 0)], Copy, cancellation);
        if (isOlderVersion)
            await FileHasher.FindValidPiecesAsync(file, layer, [.. missing.Where((_, number) => number % step != 0)], Copy, cancellation);
    }

    private static void Write(IPieceTarget target, int index, ReadOnlySpan<byte> piece)
    {
        try
        {
            target.Write(index, piece);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SaveFailedException(e.Message, e);
        }
    }
}
