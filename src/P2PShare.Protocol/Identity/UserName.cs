using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Identity;

/// <summary>
/// The name of a user: 1 to 64 Unicode characters, none of them a control character or a bidirectional override. It is a label and
/// not a login: two users may have the same name.
/// </summary>
public readonly record struct UserName
{
    private UserName(string text) => Text = text;

    public string Text { get; }

    public static bool TryParse(ReadOnlySpan<byte> utf8, out UserName name, [NotNullWhen(false)] out string? refusal)
    {
        name = default;
        refusal = WhyRefused(utf8);
        if (refusal is null)
            name = new UserName(Encoding.UTF8.GetString(utf8));
        return refusal is null;
    }

    public override string ToString() => Text;

    private static string? WhyRefused(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return "empty user name";
        if (!Utf8.IsValid(utf8))
            return "user name is not valid UTF-8";
        var characters = 0;
        foreach (var rune in utf8.EnumerateRunesOfUtf8())
        {
            if (rune.IsControlOrLineSeparator())
                return "control character in user name";
            if (rune.IsBidirectionalOverride())
                return "bidirectional override in user name";
            characters++;
        }

        return characters > Limits.MaxUserNameCharacters ? "user name longer than 64 characters" : null;
    }
}
