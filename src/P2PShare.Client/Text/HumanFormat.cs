using System.Globalization;
using P2PShare.Protocol.Text;

namespace P2PShare.Client.Text;

/// <summary>Figures and paths as people read them, the same in every locale.</summary>
internal static class HumanFormat
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];
    private const int GiB = 3;

    /// <summary><c>512 B</c>, <c>1.5 MiB</c>, <c>1.05 GiB</c></summary>
    public static string Bytes(double bytes)
    {
        var unit = 0;
        for (; bytes >= 1024 && unit < Units.Length - 1; unit++)
            bytes /= 1024;
        var digits = bytes.ToString(unit < GiB ? "0.#" : "0.##", CultureInfo.InvariantCulture);
        return $"{digits} {Units[unit]}";
    }

    /// <summary><c>0.2 s</c>, <c>1:02:03</c></summary>
    public static string Time(TimeSpan time) => time.TotalMinutes < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s")
        : time.ToString(time.TotalHours < 1 ? @"m\:ss" : @"h\:mm\:ss", CultureInfo.InvariantCulture);

    /// <summary><c>1 owner</c>, <c>10,000 files</c></summary>
    public static string Count(long count, string thing) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {thing}{Plural(count)}");

    /// <summary>The path, relative to the current folder where it is inside it, and printable.</summary>
    public static string PathFromHere(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return Printable.Of(relative.StartsWith("..", StringComparison.Ordinal) ? path : relative);
    }

    public static string Plural(long count) => count == 1 ? "" : "s";
}
