using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Json;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Cli.Commands;

/// <summary>FINGERPRINT: prints the keys of this client and of the server, which people compare over another way.</summary>
/// <param name="own">Null where this client does not encrypt.</param>
/// <param name="server">Returns the server's key; null in clear text.</param>
/// <param name="output">Where it is printed.</param>
internal sealed class FingerprintCommand(KeyFingerprint? own, Func<KeyFingerprint?> server, IOutput output)
{
    public bool Run()
    {
        var serverKey = server();
        output.Result(
            new OutputRecord.Fingerprints(own?.Grouped, serverKey?.Grouped),
            $"""
            This client: {own?.Grouped ?? "does not encrypt"}
            The server:  {serverKey?.Grouped ?? "the connection is not encrypted"}
            """);
        return true;
    }
}
