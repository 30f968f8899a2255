using System.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Testing.Processes;

/// <summary>Parses what the client prints after ANNOUNCE.</summary>
public static class AnnounceOutput
{
    /// <summary>The identity of the announced file.</summary>
    /// <param name="line">The printed line, which ends with the file id.</param>
    /// <param name="size">The size of the file in bytes.</param>
    /// <exception cref="InvalidDataException">The line does not end with a file id that fits the size.</exception>
    public static FileIdentity IdentityIn(string line, long size) =>
        FileId.TryParse(Encoding.ASCII.GetBytes(line[^FileId.HexLength..]), out var id)
        && FileIdentity.TryCreate(id, size, out var identity)
            ? identity
            : throw new InvalidDataException(line);
}
