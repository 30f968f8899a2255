namespace P2PShare.Protocol.Grammar.Replies;

/// <summary>
/// The ranges of a HAVE or UNCHOKED that was parsed, in the order of the line. They refer to the line's memory: valid until the next
/// read. None of them is checked against the size of the file, which the line does not tell.
/// </summary>
public readonly record struct PieceRanges
{
    private readonly ReadOnlyMemory<byte> _words;

    private PieceRanges(ReadOnlyMemory<byte> words) => _words = words;

    /// <summary>Whether there is no range.</summary>
    public bool IsEmpty => _words.IsEmpty;

    public Enumerator GetEnumerator() => new(_words.Span);

    /// <summary>Parses ranges that are separated by one space; at most <see cref="Limits.MaxPieceRanges"/>.</summary>
    internal static bool TryParse(ReadOnlyMemory<byte> words, out PieceRanges ranges)
    {
        ranges = default;
        if (words.IsEmpty)
            return true;
        var count = 0;
        foreach (var word in words.Span.Split((byte)' '))
        {
            if (++count > Limits.MaxPieceRanges || !PieceRange.TryParse(words.Span[word], out _))
                return false;
        }

        ranges = new PieceRanges(words);
        return true;
    }

    /// <summary>Goes through the ranges; for foreach.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;
        private PieceRange _current;

        internal Enumerator(ReadOnlySpan<byte> words) => _rest = words;

        public readonly PieceRange Current => _current;

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
                return false;
            var space = _rest.IndexOf((byte)' ');
            var word = space < 0 ? _rest : _rest[..space];
            _rest = space < 0 ? default : _rest[(space + 1)..];
            return PieceRange.TryParse(word, out _current);
        }
    }
}
