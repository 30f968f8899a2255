using System.Numerics;

namespace P2PShare.Peer.Downloads.Scheduling;

/// <summary>Picks the piece that the fewest owners have, at random among equals (BEP 3: "rarest first").</summary>
internal static class RarestPiece
{
    // Every piece of a file of 4 GiB. Of a larger file a random part is looked at, so that one choice has a bounded cost.
    private const int MaxWords = 64;

    /// <param name="missing">The pieces that are wanted.</param>
    /// <param name="owned">The pieces that the owner has; null for all.</param>
    /// <param name="copies">For each piece how many owners have it.</param>
    /// <param name="random">Decides among equals.</param>
    /// <returns>-1 where there is none.</returns>
    public static int Find(PieceSet missing, PieceSet? owned, ReadOnlySpan<ushort> copies, Random random)
    {
        var (rarest, fewest, equals) = (-1, int.MaxValue, 0);
        var startWord = random.Next(missing.WordCount);
        var wordsLeft = MaxWords;
        for (var step = 0; step < missing.WordCount && wordsLeft > 0; step++)
        {
            var word = (startWord + step) % missing.WordCount;
            var bits = missing.CommonBits(word, owned);
            if (bits != 0)
                wordsLeft--;
            for (; bits != 0; bits &= bits - 1)
            {
                var piece = PieceSet.PieceAt(word, BitOperations.TrailingZeroCount(bits));
                if (copies[piece] > fewest)
                    continue;
                equals = copies[piece] < fewest ? 1 : equals + 1;
                fewest = copies[piece];

                // Of n equals each is kept with the same probability (reservoir sampling).
                if (random.Next(equals) == equals - 1)
                    rarest = piece;
            }
        }

        return rarest;
    }
}
