using System.Text;

namespace P2PShare.Protocol.Text;

internal static class Utf8Runes
{
    /// <summary>Enumerates the Unicode scalar values of UTF-8 bytes without a string; invalid sequences become U+FFFD.</summary>
    public static Enumerator EnumerateRunesOfUtf8(this ReadOnlySpan<byte> utf8) => new(utf8);

    public ref struct Enumerator(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public Rune Current { get; private set; }

        public readonly Enumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
                return false;
            Rune.DecodeFromUtf8(_rest, out var rune, out var consumed);
            Current = rune;
            _rest = _rest[consumed..];
            return true;
        }
    }
}
