using Microsoft.Win32.SafeHandles;
using P2PShare.Networking;
using P2PShare.Peer.Linux;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Peer.Content;

/// <summary>A file as it was when it was hashed.</summary>
internal readonly record struct IdentifiedFile(FileStamp Stamp, FileIdentity Identity);

/// <summary>Finds a file's identity: in the cache where the file's stamp is known, else by hashing the file on all cores.</summary>
/// <param name="cache">The identities of files that were hashed before.</param>
/// <param name="layers">Stores the piece layers.</param>
/// <param name="time">The clock, to detect a file that is being written at the moment.</param>
/// <param name="log">The log.</param>
internal sealed class ContentIdentifier(IdentityCache cache, LayerStore layers, TimeProvider time, ILogger log)
{
    // The kernel's coarse clock stamps files: two writes within one tick of it may leave the same modification time.
    private static readonly TimeSpan TimestampGranularity = TimeSpan.FromMilliseconds(50);

    /// <param name="path">A full path.</param>
    /// <param name="hashed">
    /// Receives the bytes hashed of this file, a part at a time, from several threads; nothing for a file found in the cache.
    /// </param>
    /// <param name="cancellation">Stops the hashing.</param>
    /// <exception cref="IOException">
    /// The file cannot be read, or changed while it was hashed (<see cref="FileChangedException"/>).
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public async Task<IdentifiedFile> IdentifyAsync(string path, IProgress<long>? hashed, CancellationToken cancellation)
    {
        // To open a pipe can block. Only Linux calls tell it from an empty file, which need not be opened.
        if (!Platform.UsesLinuxCalls && FileStamp.Of(path) is { Size: 0 } empty)
            return new IdentifiedFile(empty, FileIdentity.OfEmptyFile);

        using var file = Open(path, out var stamp);
        if (cache.TryFind(path, stamp, out var known) && layers.Has(known))
            return new IdentifiedFile(stamp, known);

        var started = time.GetTimestamp();
        var isStable = time.GetUtcNow().UtcTicks - stamp.ModifiedTicks > TimestampGranularity.Ticks;
        var layer = await FileHasher.HashAsync(file, path, stamp.Size, hashed, cancellation);
        if (FileStamp.Of(file) != stamp || FileStamp.Of(path) != stamp)
            throw new FileChangedException(path);

        layers.Put(layer);
        if (isStable)
            cache.Put(path, stamp, layer.Identity);
        log.Debug("Hashed {Bytes} bytes in {Milliseconds:F0} ms", stamp.Size, time.GetElapsedTime(started).TotalMilliseconds);
        return new IdentifiedFile(stamp, layer.Identity);
    }

    // On Linux, a third of the system calls. The portable way below handles, and reports, what this one cannot open.
    private static SafeFileHandle Open(string path, out FileStamp stamp)
    {
        if (Platform.UsesLinuxCalls && LinuxFile.TryOpenNonBlocking(path) is { } file)
        {
            if (LinuxFile.TryStat(file, out stamp, out var isRegular) && isRegular && LinuxFile.TryLockShared(file))
                return file;
            file.Dispose();
        }

        stamp = FileStamp.Of(path);
        return OpenForReading(path);
    }

    /// <summary>
    /// Stores the identity of a file whose pieces were all verified while it was written, so that it is not hashed again.
    /// </summary>
    public void Remember(string path, FileStamp stamp, PieceLayer layer)
    {
        layers.Put(layer);
        cache.Put(path, stamp, layer.Identity);
    }

    /// <summary>Stores the identity of a file that was moved, so that it is not hashed again under its new path.</summary>
    public void RememberMoved(string path, FileStamp stamp, FileIdentity identity) => cache.Put(path, stamp, identity);

    /// <inheritdoc cref="IdentityCache.BeginBatch"/>
    public IDisposable BeginBatch() => cache.BeginBatch();

    /// <summary>Opens a file to be hashed or served. Other programs may write, rename or delete it meanwhile.</summary>
    public static SafeFileHandle OpenForReading(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
