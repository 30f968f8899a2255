using System.Text;

namespace P2PShare.Client.Cli.Input;

/// <summary>
/// The lines that were typed, the latest last, kept in a file from run to run. Clients of one user append to the same file; a line that
/// begins with a space is not kept, as in a shell.
/// </summary>
internal sealed class History
{
    /// <summary>Lines that are kept.</summary>
    public const int MaxLines = 1000;

    // A longer line is a paste that nobody looks for again.
    private const int MaxLineLetters = 4096;

    // The file is shortened when it is longer than twice what is kept of it.
    private const int MaxFileLines = 2 * MaxLines;

    private readonly string? _path;
    private readonly List<string> _lines = [];
    private int _position;
    private string _typed = "";

    /// <summary>Reads the file. Where it cannot be read, the history begins empty.</summary>
    /// <param name="path">The file; null for a history that ends with the program.</param>
    public History(string? path)
    {
        _path = path;
        if (path is null)
            return;
        try
        {
            var lines = File.ReadLines(path).TakeLast(MaxFileLines + 1).ToList();
            _lines.AddRange(lines.TakeLast(MaxLines).Where(IsKept));
            if (lines.Count > MaxFileLines)
                Rewrite(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A history is a convenience: without it the client works.
        }

        _position = _lines.Count;
    }

    /// <summary>Adds a line that was typed, and begins again at the end.</summary>
    public void Add(string line)
    {
        if (IsKept(line) && (_lines.Count == 0 || _lines[^1] != line))
        {
            if (_lines.Count == MaxLines)
                _lines.RemoveAt(0);
            _lines.Add(line);
            Append(line);
        }

        (_position, _typed) = (_lines.Count, "");
    }

    /// <summary>The line before; null at the first one.</summary>
    /// <param name="current">The line that stands there now. What was typed last is kept, and comes back after the latest line.</param>
    public string? Older(string current)
    {
        if (_position == 0)
            return null;
        if (_position == _lines.Count)
            _typed = current;
        return _lines[--_position];
    }

    /// <summary>The line after; null at what was typed last.</summary>
    public string? Newer()
    {
        if (_position == _lines.Count)
            return null;
        return ++_position == _lines.Count ? _typed : _lines[_position];
    }

    private static bool IsKept(string line) =>
        line.Length is > 0 and <= MaxLineLetters && !char.IsWhiteSpace(line[0]) && !line.Any(char.IsControl);

    private void Append(string line)
    {
        if (_path is null)
            return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            using var file = Open(_path, FileMode.Append);
            file.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // See the constructor.
        }
    }

    private void Rewrite(string path)
    {
        var temporary = $"{path}.{Environment.ProcessId}";
        using (var file = Open(temporary, FileMode.Create))
            file.Write(Encoding.UTF8.GetBytes(string.Concat(_lines.Select(line => line + "\n"))));
        File.Move(temporary, path, overwrite: true);
    }

    private static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
