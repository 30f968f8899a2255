using System.Text;
using Microsoft.Win32.SafeHandles;
using P2PShare.Peer.Linux;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>
/// A file that is being fetched, under another name beside its goal: <c>name.part</c>. Behind the room for its content stands a
/// short trailer that says whose it is, so that a download resumes only what is its own and never writes into a file that merely
/// has that name. Locked while it is open: a second download of the name gets a partial file of its own.
/// </summary>
internal sealed class PartialFile : IPieceTarget
{
    /// <summary>Names tried before giving up: nobody has so many downloads of one name.</summary>
    public const int MostCandidates = 1000;

    // For a large write the kernel takes its largest free blocks, and in a virtual machine those are the ones that the host has taken
    // back: 2 GiB of fresh memory took 5.8 s in pieces of 1 MiB, and takes 3.4 s in these.
    private const int WriteBytes = 64 * 1024;

    // What is smaller had better be in memory, for whoever fetched it will read it now.
    private const int FewestDirectPieces = 16;

    private const int TrailerBytes = 8 + Limits.HashBytes + sizeof(long);
    private const int NameMax = Limits.MaxNamePartBytes;

    private readonly SafeFileHandle _handle;
    private readonly FileIdentity _identity;
    private readonly DirectFile? _direct;

    private PartialFile(string path, SafeFileHandle handle, FileIdentity identity, bool isResumed)
    {
        (Path, _handle, _identity, IsResumed) = (path, handle, identity, isResumed);
        _direct = identity.PieceCount >= FewestDirectPieces ? DirectFile.TryOpen(handle) : null;
    }

    public string Path { get; }

    /// <inheritdoc/>
    public bool IsResumed { get; }

    /// <inheritdoc/>
    public SafeFileHandle Handle => _handle;

    /// <summary>Goes on with what a former run left for this goal and content, or begins.</summary>
    /// <exception cref="IOException">No room, a name that is too long for the file system, and the like; the message is fit for the user.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static PartialFile Open(string goal, FileIdentity identity)
    {
        for (var candidate = 0; candidate < MostCandidates; candidate++)
        {
            var path = NameBeside(goal, candidate);
            if ((TryResume(path, identity) ?? TryBegin(path, identity)) is { } part)
                return part;
        }

        throw new IOException($"{goal}.part and {MostCandidates} names like it are taken");
    }

    /// <inheritdoc/>
    public void Write(int index, ReadOnlySpan<byte> piece)
    {
        var offset = (long)index * Limits.PieceBytes;
        if (_direct?.TryWrite(piece, offset) == true)
            return;
        for (var at = 0; at < piece.Length; at += WriteBytes)
            RandomAccess.Write(_handle, piece.Slice(at, Math.Min(WriteBytes, piece.Length - at)), offset + at);

        // The disk begins at once, so that little is left to wait for at the end.
        if (_identity.PieceCount > 1)
            LinuxFile.StartWriteback(_handle, offset, piece.Length);
    }

    /// <summary>Takes the trailer off and gives the file its name; never over another file.</summary>
    /// <param name="goals">Names to try, in order, where one is taken.</param>
    public string Finish(IEnumerable<string> goals)
    {
        // The trailer goes in the same breath as the name comes: file systems keep the two in order, so that a crash leaves a partial
        // file that is resumed or the finished one, and none that nobody knows.
        RandomAccess.SetLength(_handle, _identity.Size);
        if (goals.FirstOrDefault(TryGiveName) is not { } goal)
            throw new IOException($"no free name like {goals.First()} was found; the content is in {Path}");
        return goal;
    }

    public void Dispose()
    {
        _direct?.Dispose();
        _handle.Dispose();
    }

    private bool TryGiveName(string goal)
    {
        try
        {
            return FinalName.TryGive(Path, goal);
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
            // A link could lead out of the folder, and a pipe would block; neither is ours.
            if (new FileInfo(path) is not { Exists: true, LinkTarget: null } || FileStamp.Of(path).Size != identity.Size + TrailerBytes)
                return null;
            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            if (HasTrailer(handle, identity))
                return new PartialFile(path, handle, identity, isResumed: true);
            handle.Dispose();
        }
        catch (IOException)
        {
            // Locked by another download, or gone in this moment: not ours to resume.
        }

        return null;
    }

    private static PartialFile? TryBegin(string path, FileIdentity identity)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && (System.IO.Path.Exists(path) || new FileInfo(path).LinkTarget is not null))
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

    /// <summary><c>name.part</c>, then <c>name.1.part</c> and so on; a name so long that this would not fit is cut before it.</summary>
    public static string NameBeside(string goal, int candidate)
    {
        var ending = candidate == 0 ? ".part" : $".{candidate}.part";
        var name = System.IO.Path.GetFileName(goal);
        while (Encoding.UTF8.GetByteCount(name) + ending.Length > NameMax)
            name = name[..^(char.IsLowSurrogate(name[^1]) ? 2 : 1)];
        return System.IO.Path.Combine(System.IO.Path.GetDirectoryName(goal)!, name + ending);
    }
}
