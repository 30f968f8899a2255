using System.Text;

namespace P2PShare.Testing.Processes;

/// <summary>
/// Takes the escape sequences (ECMA-48) out of what a program sends to a terminal, so that tests look for words and not for
/// colours. It remembers where it was, because a sequence may be cut by the end of a chunk.
/// </summary>
internal sealed class TerminalText
{
    private State _state;

    private enum State
    {
        Text,
        Escape,
        Control,
        Command,
    }

    public string Clean(string chunk)
    {
        var text = new StringBuilder(chunk.Length);
        foreach (var character in chunk)
        {
            if (_state == State.Text && character != '\e')
                text.Append(character);
            _state = Next(character);
        }

        return text.ToString();
    }

    // ESC [ parameters final; ESC ] text ended by BEL or by ESC \ ; ESC intermediates final.
    private State Next(char character) => (_state, character) switch
    {
        (_, '\e') => State.Escape,
        (State.Escape, '[') => State.Control,
        (State.Escape, ']') => State.Command,
        (State.Escape, >= ' ' and <= '/') => State.Escape,
        (State.Control, < '@' or > '~') => State.Control,
        (State.Command, not '\a') => State.Command,
        _ => State.Text,
    };
}
