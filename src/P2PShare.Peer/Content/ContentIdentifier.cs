using Microsoft.Win32.SafeHandles;
using P2PShare.Networking;
using P2PShare.Peer.Linux;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Peer.Content;

/// <summary>A file as it was when it was hashed.</summary>
internal readonly record struct IdentifiedFile(FileStamp Stamp, FileIdentity Identity);

/// <summary>Tells what a file is: from the cache where its stamp is known, else by hashing it on all cores.</summary>
/// <param name="cache">What was hashed before.</param>
/// <param name="layers">Where piece layers are kept.</param>
/// <param name="time">The clock, to tell a file that is being written just now.</param>
/// <param name="log">For what was slow or went wrong.</param>
internal sealed class ContentIdentifier(IdentityCache cache, LayerStore layers, TimeProvider time, ILogger log)
{
    // A file written within a tick of its file system's clock may be written again without a new time.
    private static readonly TimeSpan ClockGrain = TimeSpan.FromMilliseconds(50);

    /// <param name="path">A full path.</param>
    /// <param name="hashed">Told the bytes hashed of this file, a part at a time, from several threads; not told of a file found in the cache.</param>
    /// <param name="cancellation">Stops the hashing.</param>
    /// <exception cref="IOException">The file cannot be read, or changed while it was hashed (<see cref="FileChangedException"/>).</exception>
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
        var wasStill = time.GetUtcNow().UtcTicks - stamp.ModifiedTicks > ClockGrain.Ticks;
        var layer = await FileHasher.HashAsync(file, path, stamp.Size, hashed, cancellation);
        if (FileStamp.Of(file) != stamp || FileStamp.Of(path) != stamp)
            throw new FileChangedException(path);

        layers.Put(layer);
        if (wasStill)
            cache.Put(path, stamp, layer.Identity);
        log.Debug("Hashed {Bytes} bytes in {Milliseconds:F0} ms", stamp.Size, time.GetElapsedTime(started).TotalMilliseconds);
        return new IdentifiedFile(stamp, layer.Identity);
    }

    // On Linux with a third of the system calls. What is no regular file, or cannot be opened so, is told from others by the long way.
    private static SafeFileHandle Open(string path, out FileStamp stamp)
    {
        if (Platform.UsesLinuxCalls && LinuxFile.TryOpenAtOnce(path) is { } file)
        {
            if (LinuxFile.TryStat(file, out stamp, out var isRegular) && isRegular && LinuxFile.TryShare(file))
                return file;
            file.Dispose();
        }

        stamp = FileStamp.Of(path);
        return OpenForReading(path);
    }

    /// <summary>Notes a file whose every piece was verified as it was written, so that nobody hashes it again.</summary>
    public void Remember(string path, FileStamp stamp, PieceLayer layer)
    {
        layers.Put(layer);
        cache.Put(path, stamp, layer.Identity);
    }

    /// <inheritdoc cref="IdentityCache.Gather"/>
    public IDisposable Gather() => cache.Gather();

    /// <summary>Opens a file to be hashed or served, in no one's way: others may write, rename or delete it meanwhile.</summary>
    public static SafeFileHandle OpenForReading(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
