using System.Diagnostics.CodeAnalysis;
using System.Text;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Identity;

/// <summary>
/// A file's name as the network knows it: UTF-8 in NFC, 1 to 1,024 bytes, parts divided by '/'. There is no way to have one
/// that <see cref="FileNameValidator"/> did not let through, so whoever holds one may print it, store it and join it to a folder.
/// Equality and order are those of the bytes (which is the order of code points).
/// </summary>
/// <remarks>
/// <see cref="TryParse(ReadOnlyMemory{byte}, out FileName, out string)"/> borrows the bytes that it is given, so that a lookup
/// copies nothing; whoever keeps a name beyond its line calls <see cref="ToOwned"/>.
/// </remarks>
public readonly struct FileName : IEquatable<FileName>, IComparable<FileName>
{
    private FileName(ReadOnlyMemory<byte> utf8) => Utf8 = utf8;

    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>Lets <paramref name="utf8"/> through the door, or says in a few words why not. The bytes must not change while the name is in use.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, out FileName name, [NotNullWhen(false)] out string? refusal)
    {
        refusal = FileNameValidator.WhyRefused(utf8.Span, out var normalized);
        name = refusal is null ? new FileName(normalized ?? utf8) : default;
        return refusal is null;
    }

    /// <inheritdoc cref="TryParse(ReadOnlyMemory{byte}, out FileName, out string)"/>
    public static bool TryParse(string text, out FileName name, [NotNullWhen(false)] out string? refusal)
    {
        name = default;
        if (Encoding.UTF8.GetMaxByteCount(text.Length) > Limits.MaxFileNameBytes && Encoding.UTF8.GetByteCount(text) > Limits.MaxFileNameBytes)
        {
            refusal = FileNameValidator.TooLong;
            return false;
        }

        return TryParse(StrictUtf8.Encode(text), out name, out refusal);
    }

    /// <summary>A name again, of bytes that were one: for a store that keeps millions of names as plain bytes and hands them out by the page.</summary>
    internal static FileName Restore(ReadOnlyMemory<byte> utf8OfName) => new(utf8OfName);

    /// <summary>The same name with bytes of its own.</summary>
    public FileName ToOwned() => new(Utf8.ToArray());

    public bool Equals(FileName other) => Utf8.Span.SequenceEqual(other.Utf8.Span);

    public int CompareTo(FileName other) => Utf8.Span.SequenceCompareTo(other.Utf8.Span);

    public override bool Equals(object? obj) => obj is FileName other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Utf8.Span);
        return hash.ToHashCode();
    }

    public override string ToString() => Encoding.UTF8.GetString(Utf8.Span);

    public static bool operator ==(FileName left, FileName right) => left.Equals(right);

    public static bool operator !=(FileName left, FileName right) => !left.Equals(right);

    public static bool operator <(FileName left, FileName right) => left.CompareTo(right) < 0;

    public static bool operator >(FileName left, FileName right) => left.CompareTo(right) > 0;

    public static bool operator <=(FileName left, FileName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(FileName left, FileName right) => left.CompareTo(right) >= 0;
}
