using System.Text;

namespace P2PShare.Testing.Processes;

/// <summary>
/// Removes escape sequences (ECMA-48) from terminal output, so that tests can search for words. It keeps its state between chunks,
/// because a sequence may continue in the next one.
/// </summary>
internal sealed class EscapeSequenceFilter
{
    private State _state;

    private enum State
    {
        Text,
        Escape,
        Control,
        Command,
    }

    public string Remove(string chunk)
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
