using P2PShare.Client.Cli.Json;

namespace P2PShare.Client.Cli.Display;

/// <summary>
/// What commands tell the user: as text, or with <c>--json</c> as records. Text is printable already; records hold names as they are.
/// </summary>
internal interface IOutput
{
    /// <summary>Records are printed, and no text.</summary>
    bool IsJson { get; }

    /// <summary>Prints a line of what only people need: a table, help.</summary>
    void Text(string line);

    /// <summary>Prints a record of what people see in another form: a row of a table, progress.</summary>
    void Record(OutputRecord record);

    /// <summary>Tells what failed, and what the user can do.</summary>
    /// <param name="code">One of <see cref="ErrorCodes"/>.</param>
    /// <param name="text">One line.</param>
    void Error(string code, string text);
}
