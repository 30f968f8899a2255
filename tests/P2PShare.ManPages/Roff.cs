using System.Text;

namespace P2PShare.ManPages;

/// <summary>Writes roff with the macros of man(7).</summary>
internal sealed class Roff
{
    private readonly StringBuilder _text = new();

    /// <summary>A request line, whose words are quoted where that is needed.</summary>
    public Roff Macro(string name, params string[] words)
    {
        _text.Append('.').Append(name);
        foreach (var word in words)
            _text.Append(" \"").Append(Escaped(word).Replace("\"", "\\(dq", StringComparison.Ordinal)).Append('"');
        _text.Append('\n');
        return this;
    }

    /// <summary>A line of text; of several pieces, each in its font: R, B or I.</summary>
    public Roff Line(params (char Font, string Text)[] pieces)
    {
        var isFirst = true;
        foreach (var (font, text) in pieces)
        {
            var escaped = Escaped(text);

            // At the start of a line, these would begin a request.
            if (isFirst && font == 'R' && escaped is ['.' or '\'', ..])
                _text.Append("\\&");
            _text.Append(font == 'R' ? escaped : $"\\f{font}{escaped}\\fR");
            isFirst = false;
        }

        _text.Append('\n');
        return this;
    }

    public Roff Line(string text) => Line(('R', text));

    public override string ToString() => _text.ToString();

    private static string Escaped(string text) =>
        text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
}
