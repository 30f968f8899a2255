using P2PShare.Testing;

namespace P2PShare.Soak;

/// <summary>
/// The files that clients announce and fetch. Each name has two contents of equal length, because two owners may give one name to
/// different files: a fetched file must be one or the other, and never a mixture.
/// </summary>
internal sealed class TestFiles : IDisposable
{
    private static readonly int[] Lengths =
        [0, 1, 5_000, 16_384, 16_385, 300_000, 1_048_576, 1_048_577, 3_000_000, 5_242_880, 9_999_999, 25_000_000];

    private const int NamesPerLength = 4;

    private readonly TempFolder _folder = new();

    public static int Names => Lengths.Length * NamesPerLength;

    public static string NameOf(int number) => $"file {number} of {LengthOf(number)}.bin";

    public static int LengthOf(int number) => Lengths[number % Lengths.Length];

    /// <summary>The path of a content, for ANNOUNCE.</summary>
    public string PathOf(int number, int variant) => _folder.File(Path.Combine(variant == 0 ? "one" : "other", NameOf(number)));

    public async Task WriteAsync()
    {
        for (var variant = 0; variant < 2; variant++)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(0, variant))!);
            for (var number = 0; number < Names; number++)
                await new SeededBytes((ulong)(number * 2 + variant)).WriteFileAsync(PathOf(number, variant), LengthOf(number));
        }
    }

    /// <summary>Whether a fetched file equals one of the two contents of its name.</summary>
    public bool IsCorrect(int number, string fetched) =>
        FileContent.AreEqual(PathOf(number, 0), fetched) || FileContent.AreEqual(PathOf(number, 1), fetched);

    public void Dispose() => _folder.Dispose();
}
