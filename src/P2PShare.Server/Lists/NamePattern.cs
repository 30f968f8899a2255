using System.Text;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Server.Lists;

/// <summary>
/// The text of a SEARCH. With <c>*</c> (any characters, or none) or <c>?</c> (exactly one) it must match a whole name, else be part of
/// it; letter case is ignored as <see cref="StringComparison.OrdinalIgnoreCase"/> does, and nothing is allocated for a name.
/// </summary>
/// <remarks>
/// A nondeterministic automaton whose states are bits (Baeza-Yates and Gonnet, 1992): bit i is set while the first i characters of the
/// pattern match what was read. A step is a shift and a mask, so a name costs the same whatever the pattern: there is no backtracking
/// that <c>*a*a*a*</c> could provoke.
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
                Set(_stars, state);
            else
                Expect(rune, state++);
        }

        // What matches any character matches these too; those that no mask was made for match nothing else.
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

    // The long s is no s to an ordinal comparison: nothing but an ASCII letter is another form of one.
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

    private void Expect(int rune, int state)
    {
        if (rune == '?')
            Set(_anyCharacter, state);
        else if (rune < Ascii)
            Set(_ascii[rune] ??= new ulong[_words], state);
        else if (_others.TryGetValue(rune, out var mask))
            Set(mask, state);
        else
            Set(_others[rune] = new ulong[_words], state);
    }

    private ulong[] MaskOf(int rune) => (rune < Ascii ? _ascii[rune] : _others.GetValueOrDefault(rune)) ?? _anyCharacter;

    // False where no state is left, so that nothing which follows can match.
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
