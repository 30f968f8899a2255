using System.CommandLine;
using System.CommandLine.Invocation;

namespace P2PShare.Server.Configuration;

/// <summary>What <c>--fingerprint</c> does instead of serving.</summary>
/// <param name="folderOf">Returns the folder of the server's state.</param>
internal sealed class FingerprintAction(Func<ParseResult, string> folderOf) : SynchronousCommandLineAction
{
    public override bool Terminating => true;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        using var key = ServerKey.Open(folderOf(parseResult), out var problem);
        if (key is null)
        {
            parseResult.InvocationConfiguration.Error.WriteLine($"server: {problem}");
            return ExitCodes.Failed;
        }

        parseResult.InvocationConfiguration.Output.WriteLine(key.Fingerprint.Grouped);
        return ExitCodes.Ok;
    }
}
