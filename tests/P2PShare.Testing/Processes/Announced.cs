using System.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Testing.Processes;

/// <summary>What the client's answer to ANNOUNCE says, as values.</summary>
public static class Announced
{
    /// <exception cref="ArgumentException">No file can be called so.</exception>
    public static FileName NameOf(string text) =>
        FileName.TryParse(text, out var name, out var refusal) ? name : throw new ArgumentException(refusal);

    /// <param name="line">It ends with the file id.</param>
    /// <param name="size">In bytes.</param>
    /// <exception cref="InvalidDataException">It does not.</exception>
    public static FileIdentity IdentityIn(string line, long size) =>
        FileId.TryParse(Encoding.ASCII.GetBytes(line[^FileId.HexLength..]), out var id) && FileIdentity.TryCreate(id, size, out var identity)
            ? identity
            : throw new InvalidDataException(line);
}
