using Microsoft.Win32.SafeHandles;
using P2PShare.Peer.Content;
using P2PShare.Peer.Linux;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>
/// A file that is being fetched, under another name beside its destination: <c>name.part</c>. A short trailer behind its content says
/// which content it is for, so that a download resumes only its own partial file and never writes into a user's file that has that
/// name. It is locked while it is open: a second download of the name gets a partial file of its own.
/// </summary>
internal sealed class PartialFile : IPieceTarget
{
    /// <summary>Names tried before giving up: nobody has so many downloads of one name.</summary>
    public const int MaxPartNames = 1000;

    // For a large write the kernel takes its largest free blocks of memory, and in a virtual machine those are the ones that the host
    // has reclaimed: writing 2 GiB to fresh page cache took 5.8 s in writes of 1 MiB, and takes 3.4 s in writes of this size.
    private const int WriteBytes = 64 * 1024;

    // Smaller files go through the page cache: whoever fetched one will read it soon.
    private const int MinDirectPieces = 16;

    private const int TrailerBytes = 8 + Limits.HashBytes + sizeof(long);

    private readonly SafeFileHandle _handle;
    private readonly FileIdentity _identity;
    private readonly DirectFile? _direct;

    private PartialFile(string path, SafeFileHandle handle, FileIdentity identity, bool isResumed)
    {
        (Path, _handle, _identity, IsResumed) = (path, handle, identity, isResumed);
        _direct = identity.PieceCount >= MinDirectPieces ? DirectFile.TryOpen(handle) : null;
    }

    public string Path { get; }

    /// <inheritdoc/>
    public bool IsResumed { get; }

    /// <inheritdoc/>
    public SafeFileHandle Handle => _handle;

    /// <summary>Resumes the partial file that an earlier run left for this destination and content, or creates one.</summary>
    /// <exception cref="IOException">No room, a name that is too long for the file system, or the like.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static PartialFile Open(string destination, FileIdentity identity)
    {
        for (var number = 0; number < MaxPartNames; number++)
        {
            var path = PartName(destination, number);
            if ((TryResume(path, identity) ?? TryCreate(path, identity)) is { } part)
                return part;
        }

        throw new IOException($"{destination}.part and {MaxPartNames} names like it are taken");
    }

    /// <inheritdoc/>
    public void Write(int index, ReadOnlySpan<byte> piece)
    {
        var offset = (long)index * Limits.PieceBytes;
        if (_direct?.TryWrite(piece, offset) == true)
            return;
        for (var at = 0; at < piece.Length; at += WriteBytes)
            RandomAccess.Write(_handle, piece.Slice(at, Math.Min(WriteBytes, piece.Length - at)), offset + at);

        // The disk starts writing at once, so that the sync at the end has little left to do.
        if (_identity.PieceCount > 1)
            LinuxFile.StartWriteback(_handle, offset, piece.Length);
    }

    /// <inheritdoc/>
    public string Finish(IEnumerable<string> candidates, FileMetadata? metadata = null)
    {
        // The file is renamed directly after its trailer is cut off. File systems keep the two in order, so a crash leaves either a
        // partial file that can be resumed or the finished file.
        RandomAccess.SetLength(_handle, _identity.Size);
        if (metadata is not null)
            DiskMetadata.Apply(_handle, metadata);
        var finished = candidates.FirstOrDefault(TryRename)
            ?? throw new IOException($"no free name like {candidates.First()} was found; the content is in {Path}");

        // Uploads may keep it open for a while, and everybody may read it now.
        LinuxFile.Unlock(_handle);
        return finished;
    }

    public void Dispose()
    {
        _direct?.Dispose();
        _handle.Dispose();
    }

    private bool TryRename(string destination)
    {
        try
        {
            return FinalName.TryRename(Path, destination);
        }
        catch
        {
            RandomAccess.Write(_handle, Trailer(_identity), _identity.Size);
            throw;
        }
    }

    private static PartialFile? TryResume(string path, FileIdentity identity)
    {
        try
        {
            // A symbolic link could lead out of the folder, and opening a pipe would block.
            if (new FileInfo(path) is not { Exists: true, LinkTarget: null } || FileStamp.Of(path).Size != identity.Size + TrailerBytes)
                return null;
            var handle = OpenHandle(path, FileMode.Open);
            if (HasTrailer(handle, identity))
                return new PartialFile(path, handle, identity, isResumed: true);
            handle.Dispose();
        }
        catch (IOException)
        {
            // Another download has locked it, or it was removed just now.
        }

        return null;
    }

    private static PartialFile? TryCreate(string path, FileIdentity identity)
    {
        SafeFileHandle handle;
        try
        {
            handle = OpenHandle(path, FileMode.CreateNew);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && IsTaken(path))
        {
            return null;
        }

        try
        {
            RandomAccess.Write(handle, Trailer(identity), identity.Size);
            return new PartialFile(path, handle, identity, isResumed: false);
        }
        catch
        {
            handle.Dispose();
            File.Delete(path);
            throw;
        }
    }

    // Its pieces are served while others are missing: reading ahead would fill the page cache with zeros from the holes. On Windows,
    // where a finished file may be open for uploads, others may read it all the same; a second download would write.
    private static SafeFileHandle OpenHandle(string path, FileMode mode) => File.OpenHandle(
        path,
        mode,
        FileAccess.ReadWrite,
        OperatingSystem.IsWindows() ? FileShare.Read | FileShare.Delete : FileShare.None,
        FileOptions.RandomAccess);

    private static bool IsTaken(string path) => System.IO.Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    private static bool HasTrailer(SafeFileHandle handle, FileIdentity identity)
    {
        Span<byte> found = stackalloc byte[TrailerBytes];
        return RandomAccess.GetLength(handle) == identity.Size + TrailerBytes
            && RandomAccess.Read(handle, found, identity.Size) == TrailerBytes
            && found.SequenceEqual(Trailer(identity));
    }

    private static byte[] Trailer(FileIdentity identity)
    {
        var trailer = new byte[TrailerBytes];
        "P2PSPART"u8.CopyTo(trailer);
        identity.Id.CopyTo(trailer.AsSpan(8));
        BitConverter.TryWriteBytes(trailer.AsSpan(8 + Limits.HashBytes), identity.Size);
        return trailer;
    }

    /// <summary>
    /// <c>name.part</c>, <c>name.1.part</c>, <c>name.2.part</c> ... beside the destination; a name too long for the ending is cut.
    /// </summary>
    public static string PartName(string destination, int number) =>
        FinalName.WithEnding(destination, number == 0 ? ".part" : $".{number}.part");
}
