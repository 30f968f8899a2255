using System.Globalization;

namespace P2PShare.Client.Cli.Input;

/// <summary>
/// The line that is edited, and the cursor in it. It moves and deletes by text elements: what a user sees as one character.
/// </summary>
internal sealed class EditBuffer
{
    public string Text { get; private set; } = "";

    /// <summary>An index into <see cref="Text"/>, at the border of a text element.</summary>
    public int Cursor { get; private set; }

    /// <summary>Replaces the line; the cursor is at its end.</summary>
    public void Set(string text) => (Text, Cursor) = (text, text.Length);

    public void Insert(string text)
    {
        Text = Text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    /// <summary>Replaces the text between <paramref name="start"/> and the cursor.</summary>
    public void ReplaceBefore(int start, string text)
    {
        Text = string.Concat(Text.AsSpan(0, start), text, Text.AsSpan(Cursor));
        Cursor = start + text.Length;
    }

    public void MoveLeft() => Cursor = Previous();

    public void MoveRight() => Cursor = Next();

    public void MoveToStart() => Cursor = 0;

    public void MoveToEnd() => Cursor = Text.Length;

    public void MoveWordLeft() => Cursor = WordStart();

    public void MoveWordRight() => Cursor = WordEnd();

    public void DeleteLeft() => ReplaceBefore(Previous(), "");

    public void DeleteRight() => DeleteTo(Next());

    public void DeleteWordLeft() => ReplaceBefore(WordStart(), "");

    public void DeleteWordRight() => DeleteTo(WordEnd());

    public void DeleteToStart() => ReplaceBefore(0, "");

    public void DeleteToEnd() => DeleteTo(Text.Length);

    private void DeleteTo(int end) => Text = Text.Remove(Cursor, end - Cursor);

    private int Next() => Cursor + StringInfo.GetNextTextElementLength(Text, Cursor);

    private int Previous()
    {
        var (previous, next) = (0, 0);
        while (next < Cursor)
        {
            previous = next;
            next += StringInfo.GetNextTextElementLength(Text, next);
        }

        return previous;
    }

    // The words of readline's Ctrl+W: what is between spaces.
    private int WordStart()
    {
        var start = Cursor;
        while (start > 0 && char.IsWhiteSpace(Text[start - 1]))
            start--;
        while (start > 0 && !char.IsWhiteSpace(Text[start - 1]))
            start--;
        return start;
    }

    private int WordEnd()
    {
        var end = Cursor;
        while (end < Text.Length && char.IsWhiteSpace(Text[end]))
            end++;
        while (end < Text.Length && !char.IsWhiteSpace(Text[end]))
            end++;
        return end;
    }
}
