using P2PShare.Testing;

namespace P2PShare.Soak;

/// <summary>
/// The files that everyone announces and fetches. Each name stands for two different contents of equal length, because two owners
/// may give one name to different files: what is fetched must be the one or the other, and never some of both.
/// </summary>
internal sealed class Shelf : IDisposable
{
    private static readonly int[] Lengths =
        [0, 1, 5_000, 16_384, 16_385, 300_000, 1_048_576, 1_048_577, 3_000_000, 5_242_880, 9_999_999, 25_000_000];

    private const int NamesPerLength = 4;

    private readonly TempFolder _folder = new();

    public static int Names => Lengths.Length * NamesPerLength;

    public static string NameOf(int number) => $"shelf {number} of {LengthOf(number)}.bin";

    public static int LengthOf(int number) => Lengths[number % Lengths.Length];

    /// <summary>Where that content stands, for an ANNOUNCE.</summary>
    public string PathOf(int number, int variant) => _folder.File(Path.Combine(variant == 0 ? "one" : "other", NameOf(number)));

    public async Task FillAsync()
    {
        for (var variant = 0; variant < 2; variant++)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(0, variant))!);
            for (var number = 0; number < Names; number++)
                await new SeededBytes((ulong)(number * 2 + variant)).WriteFileAsync(PathOf(number, variant), LengthOf(number));
        }
    }

    /// <summary>Whether a fetched file is one of the two, whole.</summary>
    public bool IsRight(int number, string fetched) =>
        FileContent.AreEqual(PathOf(number, 0), fetched) || FileContent.AreEqual(PathOf(number, 1), fetched);

    public void Dispose() => _folder.Dispose();
}
