using System.Text;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Fuzz.Targets;

/// <summary>The validation of file names, and text for terminals and logs.</summary>
internal sealed class FileNameTarget : IFuzzTarget
{
    private static readonly string[] Names =
    [
        "a", "photos/2024/a.jpg", "yaz tatili ğüşıöç.txt", "e\u0301", "日本語/名前", "a b  c", "CON", "..a", "a/../b", "C:/x", "😀",
        new('x', 250),
    ];

    public string Name => "names";

    public Task RunCaseAsync(Mutator mutator)
    {
        var bytes = Encoding.UTF8.GetBytes(Names[mutator.Random.Next(Names.Length)]);
        for (var changes = mutator.Random.Next(1, 4); changes > 0; changes--)
            bytes = mutator.Change(bytes);
        if (FileName.TryParse(bytes, out var name, out _))
            Check(name);
        Printable.Of(bytes).MustSatisfy(text => !text.Any(char.IsControl), "printable text has no control character");
        return Task.CompletedTask;
    }

    private static void Check(FileName name)
    {
        var text = name.ToString();
        var path = Path.GetFullPath(Path.Combine("/downloads", text));
        path.MustSatisfy(full => full.StartsWith("/downloads/", StringComparison.Ordinal), "a name stays inside the folder");
        text.MustSatisfy(all => !all.Any(char.IsControl) && !all.Contains('\\') && all.IsNormalized(), "a name is harmless");
        name.Utf8.Length.MustSatisfy(length => length is > 0 and <= Limits.MaxFileNameBytes, "a name is bounded");
        var isValid = FileName.TryParse(name.Utf8.ToArray(), out var again, out _);
        isValid.MustSatisfy(valid => valid && again == name, "a valid name is valid again and unchanged");
    }
}
