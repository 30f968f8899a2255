using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests.Members;

/// <summary>A private server of a cluster, and the commands beside it.</summary>
/// <param name="Server">The program.</param>
/// <param name="State">The folder of its key and its members.</param>
internal sealed record ClusterServer(RunningServer Server, TempFolder State)
{
    /// <summary>What its file has of the members, or nothing.</summary>
    public string Members => File.Exists(State.File("members.json")) ? File.ReadAllText(State.File("members.json")) : "";

    /// <summary>Invites a user and returns the code.</summary>
    public async Task<string> InviteAsync(string user) => (await RunAsync("invite", user)).Lines[0];

    public Task RevokeAsync(string user) => RunAsync("revoke", user);

    private async Task<Transcript> RunAsync(string command, string user)
    {
        await using var process = ProgramProcess.Start(Programs.Server, [command, user, "--state", State.Path], State.Path);
        (await process.WaitForExitAsync()).Should().Be(0, process.Errors.Text);
        return process.Output;
    }
}
