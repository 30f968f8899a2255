using System.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Tests.Identity;

public sealed class FileNameFuzzTests
{
    private const int NamesPerSeed = 20_000;

    private static readonly string Folder = Path.GetFullPath(Path.Combine(Path.GetTempPath(), "downloads"));

    // The parts of attacks. A random name consists of a few of them, so that most names are almost valid.
    private static readonly string[] Fragments =
    [
        "a", "b.txt", ".", "..", "/", "//", "\\", ":", "C:", "\u212A", " ", "\0", "\n", "\r", "\u001b[0m", "\u007f", "\u0085", "\u009b",
        "\u2028",
        "\u202e", "\u2066", "\u200f", "\u200d", "\ufeff", "\ufffe", "\uffff", "\ufdd0", "\u0301", "\u0958", "\u0344", "\u1112\u1161",
        "ğüş", "👩‍👧",
        "．", "／", "\u2215", "\u037e", "\u1fef", "%2e", "~", "-", "CON", "PROTO_VERSION ", "PROTO_VERSION", "LIST_END", "9001", "\U0001D15E",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_names_are_refused_or_harmless(int seed)
    {
        var random = new Random(seed);
        var passed = 0;
        for (var number = 0; number < NamesPerSeed; number++)
        {
            var name = RandomName(random);
            if (FindHarm(name, out var isValid) is { } harm)
                Assert.Fail($"Seed {seed}, name {number}: {harm}: {Convert.ToHexString(name)}");
            passed += isValid ? 1 : 0;
        }

        passed.Should().BeInRange(NamesPerSeed / 20, NamesPerSeed * 19 / 20, "seed {0} must produce both valid and invalid names", seed);
    }

    [Fact]
    public void Every_Unicode_character_is_refused_or_harmless_at_every_position()
    {
        var harms = from code in Enumerable.Range(0, 0x110000)
                    where Rune.IsValid(code)
                    from name in new[] { $"{new Rune(code)}:a", $"a/{new Rune(code)}{new Rune(code)}" }
                    let harm = FindHarm(Encoding.UTF8.GetBytes(name), out _)
                    where harm is not null
                    select $"U+{code:X4}: {harm}";

        harms.Should().BeEmpty();
    }

    private static byte[] RandomName(Random random)
    {
        var name = new List<byte>();
        for (var fragments = random.Next(1, 8); fragments > 0; fragments--)
        {
            var fragment = Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)]);
            var repeats = random.Next(20) == 0 ? random.Next(1, 400) : 1;
            for (; repeats > 0; repeats--)
                name.AddRange(fragment);
        }

        // Sometimes a byte is replaced or missing, as in a truncated name.
        if (random.Next(8) == 0)
            name[random.Next(name.Count)] = (byte)random.Next(256);
        if (random.Next(8) == 0)
            name.RemoveRange(random.Next(name.Count), 1);
        return [.. name];
    }

    private static string? FindHarm(byte[] bytes, out bool passed)
    {
        try
        {
            passed = FileName.TryParse(bytes, out var name, out var refusal);
            return passed ? FindHarm(name) : string.IsNullOrEmpty(refusal) ? "refused without a reason" : null;
        }
        catch (Exception e)
        {
            passed = false;
            return $"it threw {e}";
        }
    }

    private static string? FindHarm(FileName name)
    {
        var text = name.ToString();
        if (name.Utf8.Length is 0 or > Limits.MaxFileNameBytes
            || text.Split('/').Any(part => Encoding.UTF8.GetByteCount(part) is 0 or > Limits.MaxNamePartBytes))
            return "its length is out of bounds";
        if (!FileName.TryParse(name.Utf8, out var again, out _) || !again.Utf8.Span.SequenceEqual(name.Utf8.Span))
            return "it does not parse to itself";
        if (!FileName.TryParse(text, out again, out _) || again != name)
            return "its text does not parse to itself";
        if (!text.IsNormalized())
            return "it is not in NFC";
        if (text.EnumerateRunes().Any(IsHarmful))
            return "it has a harmful character";
        if (text.StartsWith("PROTO_VERSION ", StringComparison.Ordinal)
            || (text.Length > 1 && char.IsAsciiLetter(text[0]) && text[1] == ':'))
            return "its prefix has another meaning";
        var path = Path.GetFullPath(Path.Combine(Folder, text));
        return path != Folder + Path.DirectorySeparatorChar + text ? $"it leads to {path}" : null;
    }

    private static bool IsHarmful(Rune rune) => Rune.IsControl(rune)
        || rune.Value is '\\' or 0x2028 or 0x2029 or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
