using System.Text.RegularExpressions;

namespace P2PShare.Testing.Processes;

/// <summary>The fingerprints of keys in what programs print.</summary>
public static partial class Fingerprints
{
    /// <summary>Puts the same fingerprint in place of each.</summary>
    public static string Mask(string line) =>
        Grouped().Replace(line, "3f1c-90aa-5b7e-21d4-8c06-e7f3-4a59-b2d8-61ce-07f5-93ab-4d1e-a80c-5273-fe16-9b40");

    [GeneratedRegex("[0-9a-f]{4}(-[0-9a-f]{4}){15}")]
    private static partial Regex Grouped();
}
