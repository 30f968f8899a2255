using System.Text;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Server.Lists;

/// <summary>
/// The text of a SEARCH. With <c>*</c> (any characters, or none) or <c>?</c> (exactly one) it must match a whole name; without, a part
/// of it. Letter case is ignored as by <see cref="StringComparison.OrdinalIgnoreCase"/>. Matching a name allocates nothing.
/// </summary>
/// <remarks>
/// A nondeterministic automaton whose states are bits (Baeza-Yates and Gonnet, 1992): bit i is set while the first i characters of the
/// pattern match what was read. A step is a shift and a mask, so that no pattern makes a name expensive: <c>*a*a*a*</c> causes no
/// backtracking.
/// </remarks>
internal sealed class NamePattern
{
    private const int Ascii = 128;

    private readonly int _words;
    private readonly int _accepting;
    private readonly ulong[] _stars;
    private readonly ulong[] _anyCharacter;
    private readonly ulong[][] _ascii = new ulong[Ascii][];
    private readonly Dictionary<int, ulong[]> _others = [];

    public NamePattern(string text)
    {
        var folded = text.EnumerateRunes().Select(rune => Fold(rune).Value).ToList();
        if (!folded.Contains('*') && !folded.Contains('?'))
            folded = ['*', .. folded, '*'];
        _accepting = folded.Count(rune => rune != '*');
        _words = (_accepting / 64) + 1;
        (_stars, _anyCharacter) = (new ulong[_words], new ulong[_words]);
        var state = 0;
        foreach (var rune in folded)
        {
            if (rune == '*')
            {
                Set(_stars, state);
                continue;
            }

            Set(MaskFor(rune), state);
            state++;
        }

        // A state that takes any character takes these, too. Characters without a mask of their own are taken by such states only.
        foreach (var mask in _ascii.Where(mask => mask is not null).Concat(_others.Values))
            Merge(mask, _anyCharacter);
    }

    public static NamePattern Of(Search search) => new(Encoding.UTF8.GetString(search.Text.Span));

    public bool Matches(FileName name)
    {
        Span<ulong> states = stackalloc ulong[_words];
        states.Clear();
        states[0] = 1;
        foreach (var rune in name.Utf8.Span.EnumerateRunesOfUtf8())
        {
            if (!TryStep(states, MaskOf(Fold(rune).Value)))
                return false;
        }

        return IsSet(states, _accepting);
    }

    // An ordinal comparison folds no other character to an ASCII letter: the long s is not an s.
    private static Rune Fold(Rune rune)
    {
        var upper = Rune.ToUpperInvariant(rune);
        return upper.IsAscii && !rune.IsAscii ? rune : upper;
    }

    private static void Set(Span<ulong> bits, int bit) => bits[bit / 64] |= 1UL << (bit % 64);

    private static bool IsSet(ReadOnlySpan<ulong> bits, int bit) => (bits[bit / 64] >> (bit % 64) & 1) != 0;

    private static void Merge(ulong[] mask, ulong[] more)
    {
        for (var i = 0; i < mask.Length; i++)
            mask[i] |= more[i];
    }

    // The mask of a character of the pattern, which is made where there is none yet.
    private ulong[] MaskFor(int rune)
    {
        if (rune == '?')
            return _anyCharacter;
        if (rune < Ascii)
            return _ascii[rune] ??= new ulong[_words];
        if (!_others.TryGetValue(rune, out var mask))
        {
            mask = new ulong[_words];
            _others.Add(rune, mask);
        }

        return mask;
    }

    private ulong[] MaskOf(int rune) => (rune < Ascii ? _ascii[rune] : _others.GetValueOrDefault(rune)) ?? _anyCharacter;

    // False where no state is left, so that the name cannot match any more.
    private bool TryStep(Span<ulong> states, ulong[] mask)
    {
        var (carry, alive) = (0UL, 0UL);
        for (var i = 0; i < states.Length; i++)
        {
            var matched = states[i] & mask[i];
            states[i] = (matched << 1) | carry | (states[i] & _stars[i]);
            carry = matched >> 63;
            alive |= states[i];
        }

        return alive != 0;
    }
}
