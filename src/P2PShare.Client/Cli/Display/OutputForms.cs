using P2PShare.Client.Cli.Json;

namespace P2PShare.Client.Cli.Display;

/// <summary>Tells something in the one of the two forms that an output has.</summary>
internal static class OutputForms
{
    /// <summary>Tells one result.</summary>
    public static void Result(this IOutput output, OutputRecord record, string text)
    {
        if (output.IsJson)
            output.Record(record);
        else
            output.Text(text);
    }

    /// <summary>Tells what happened beside the commands.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="code">One of <see cref="NoticeCodes"/>.</param>
    /// <param name="text">One line.</param>
    public static void Notice(this IOutput output, string code, string text) =>
        output.Result(new OutputRecord.Notice(code, text), text);
}
