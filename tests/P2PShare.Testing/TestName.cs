using P2PShare.Protocol.Identity;

namespace P2PShare.Testing;

/// <summary>File names that a test knows to be valid.</summary>
public static class TestName
{
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    public static FileName Parse(string text) =>
        FileName.TryParse(text, out var name, out var refusal) ? name : throw new ArgumentException(refusal, nameof(text));
}
