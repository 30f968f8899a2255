using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Json;

namespace P2PShare.Client.Cli.Jobs;

/// <summary>What a job tells: each line and record names its number.</summary>
internal sealed class JobOutput(IOutput output, int number) : IOutput
{
    public bool IsJson => output.IsJson;

    public void Text(string line) => output.Text(Numbered(line));

    public void Record(OutputRecord record) => output.Record(record with { Job = number });

    public void Error(string code, string text)
    {
        if (IsJson)
            Record(new OutputRecord.Error(code, text));
        else
            output.Error(code, Numbered(text));
    }

    private string Numbered(string text) => $"[{number}] {text}";
}
