using System.Diagnostics.CodeAnalysis;
using System.Text;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Identity;

/// <summary>
/// A file's name on the network: UTF-8 in Unicode Normalization Form C, 1 to 1,024 bytes, parts separated by '/'. Every instance has
/// passed <see cref="FileNameValidator"/>, so that it is safe to print, to store and to join to a folder. Equality and order are
/// those of the bytes, which is the order of code points.
/// </summary>
/// <remarks>
/// <see cref="TryParse(ReadOnlyMemory{byte}, out FileName, out string)"/> refers to the given memory, so that a lookup copies nothing.
/// To keep a name longer than its line, call <see cref="ToOwned"/>.
/// </remarks>
public readonly struct FileName : IEquatable<FileName>, IComparable<FileName>
{
    private FileName(ReadOnlyMemory<byte> utf8) => Utf8 = utf8;

    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>
    /// Validates a name. On false, <paramref name="refusal"/> is the reason. The bytes must not change while the name is in use.
    /// </summary>
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
        var mayBeTooLong = Encoding.UTF8.GetMaxByteCount(text.Length) > Limits.MaxFileNameBytes;
        if (mayBeTooLong && Encoding.UTF8.GetByteCount(text) > Limits.MaxFileNameBytes)
        {
            refusal = FileNameValidator.TooLong;
            return false;
        }

        return TryParse(StrictUtf8.Encode(text), out name, out refusal);
    }

    /// <summary>
    /// Makes a name, without validation, of bytes that were copied from a name: for a store that keeps millions of names as bytes.
    /// </summary>
    internal static FileName FromValidatedUtf8(ReadOnlyMemory<byte> utf8) => new(utf8);

    /// <summary>Copies the bytes, so that the name does not depend on the memory that it was parsed from.</summary>
    public FileName ToOwned() => new(Utf8.ToArray());

    /// <summary>Whether this is the name of something in that folder, at any depth.</summary>
    public bool IsBelow(FileName folder)
    {
        var name = Utf8.Span;
        var length = folder.Utf8.Length;
        return name.Length > length && name[length] == (byte)'/' && name.StartsWith(folder.Utf8.Span);
    }

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
