using System.Numerics;

namespace P2PShare.Peer.Downloads.Scheduling;

/// <summary>A set of the pieces of one file: one bit for each, so that a file of 4 TiB takes half a mebibyte.</summary>
/// <param name="pieces">How many pieces the file has.</param>
internal sealed class PieceSet(int pieces)
{
    private const int BitsPerWord = 64;

    private readonly ulong[] _words = new ulong[(pieces + BitsPerWord - 1) / BitsPerWord];

    /// <summary>How many pieces are in the set.</summary>
    public int Count { get; private set; }

    /// <summary>Words of 64 pieces each; the last one may be used partly.</summary>
    public int WordCount => _words.Length;

    public bool Contains(int piece) => (_words[piece / BitsPerWord] >> (piece % BitsPerWord) & 1) != 0;

    /// <summary>Adds the piece. False where it is in the set already.</summary>
    public bool Add(int piece)
    {
        if (Contains(piece))
            return false;
        _words[piece / BitsPerWord] |= 1UL << (piece % BitsPerWord);
        Count++;
        return true;
    }

    /// <summary>Removes the piece. False where it is not in the set.</summary>
    public bool Remove(int piece)
    {
        if (!Contains(piece))
            return false;
        _words[piece / BitsPerWord] &= ~(1UL << (piece % BitsPerWord));
        Count--;
        return true;
    }

    /// <summary>The set of all pieces of a file.</summary>
    public static PieceSet All(int pieces)
    {
        var all = new PieceSet(pieces);
        for (var piece = 0; piece < pieces; piece++)
            all.Add(piece);
        return all;
    }

    /// <summary>The pieces of one word that are in this set and, unless it is null, in the other, as bits.</summary>
    public ulong CommonBits(int word, PieceSet? other) => other is null ? _words[word] : _words[word] & other._words[word];

    /// <summary>Whether some piece is in both sets; null is the set of all pieces.</summary>
    public bool Overlaps(PieceSet? other)
    {
        if (other is null)
            return Count > 0;
        for (var word = 0; word < _words.Length; word++)
        {
            if (CommonBits(word, other) != 0)
                return true;
        }

        return false;
    }

    /// <summary>Whether some piece of this set is not in the other.</summary>
    public bool HasAnyExcept(PieceSet other)
    {
        for (var word = 0; word < _words.Length; word++)
        {
            if ((_words[word] & ~other._words[word]) != 0)
                return true;
        }

        return false;
    }

    /// <summary>The piece that a bit of a word stands for.</summary>
    public static int PieceAt(int word, int bit) => word * BitsPerWord + bit;

    /// <summary>
    /// The first piece that is in this set and in the other, from <paramref name="start"/> to the last one and then from 0 on.
    /// </summary>
    /// <param name="start">A piece.</param>
    /// <param name="other">Null for the set of all pieces.</param>
    /// <returns>-1 where there is none.</returns>
    public int FindFrom(int start, PieceSet? other)
    {
        if (Count == 0)
            return -1;

        // The word of the start is looked at twice: at first from the start on, and at the end as a whole.
        var startWord = start / BitsPerWord;
        for (var step = 0; step <= _words.Length; step++)
        {
            var word = (startWord + step) % _words.Length;
            var bits = CommonBits(word, other);
            if (step == 0)
                bits &= ulong.MaxValue << (start % BitsPerWord);
            if (bits != 0)
                return PieceAt(word, BitOperations.TrailingZeroCount(bits));
        }

        return -1;
    }
}
