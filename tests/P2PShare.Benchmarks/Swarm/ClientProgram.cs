using System.Globalization;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Swarm;

/// <summary>The published programs: a server, and clients that share and fetch a file.</summary>
/// <param name="file">The shared file.</param>
internal sealed class ClientProgram(string file) : ISwarmProgram
{
    private const string ServerPort = "8080";
    private const string PeerPort = "9000";

    // A client ends with its input, the server does not: this shell stops it, also when the benchmark program was killed.
    private const string StopAtEndOfInput = "\"$0\" \"$@\" & cat; kill $!";
    private const string TakerOption = "--no-reshare";

    public string BeginLine => $"REQUEST {Path.GetFileName(file)}";

    public string DoneText => "Saved ";

    /// <summary>Whether the client can be told not to share what it fetches.</summary>
    public static async Task<bool> CanOnlyTakeAsync()
    {
        await using var help = ProgramProcess.Start(Programs.Client, ["--help"]);
        await help.WaitForExitAsync();
        return help.Output.Text.Contains(TakerOption, StringComparison.Ordinal);
    }

    public async Task<ProgramProcess> StartOwnerAsync(ShapedNetwork network)
    {
        await network.Server.Start("/bin/sh", "-c", StopAtEndOfInput, Programs.Server, ServerPort).WaitForLineAsync("Listening on");
        var owner = await StartClientAsync(network, network.Owner, gives: true);
        await owner.SendLineAsync($"ANNOUNCE {file}");
        await owner.WaitForLineAsync("Announced");
        return owner;
    }

    public async Task<ProgramProcess> StartClientAsync(ShapedNetwork network, NetworkHost host, bool gives)
    {
        var user = string.Create(CultureInfo.InvariantCulture, $"bench{host.Number}");
        string[] options = gives ? [] : [TakerOption];
        var client = host.Start(Programs.Client, [user, network.Server.Address, ServerPort, PeerPort, .. options]);
        await client.WaitForLineAsync("peers reach me on port");
        return client;
    }
}
