using P2PShare.Protocol.Identity;

namespace P2PShare.Benchmarks.Inner;

/// <summary>Names that are known to be good.</summary>
internal static class Names
{
    public static FileName Of(string text) =>
        FileName.TryParse(text, out var name, out var refusal) ? name : throw new ArgumentException(refusal, nameof(text));
}
