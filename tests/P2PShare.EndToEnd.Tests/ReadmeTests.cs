using System.Globalization;
using P2PShare.EndToEnd.Tests.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>Plays the session of three terminals in the README.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_session_of_three_terminals_prints_what_the_README_shows()
    {
        var terminals = await ConsoleSession.ReadBlocksAsync("Three terminals");
        terminals.Should().HaveCount(3);

        await using var server = await RunningServer.StartAsync();
        await using var yigido = await RunningClient.StartAsync(server, "yigido");
        await using var ayse = await RunningClient.StartAsync(server, "ayse");
        yigido.Folder.Write("hello.txt", "hello, peers\n"u8);
        string Real(string line) => line
            .Replace("8080", server.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("9001", yigido.PeerPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("9002", ayse.PeerPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

        terminals.Select(lines => lines[0]).Should().Equal(
            "$ ./dist/server 8080", "$ ./dist/client yigido 127.0.0.1 8080 9001", "$ ./dist/client ayse 127.0.0.1 8080 9002");
        await new ConsoleSession(server.Process, Real).PlayAsync(terminals[0].Skip(1));
        await new ConsoleSession(yigido.Process, Real).PlayAsync(terminals[1].Skip(1));
        await new ConsoleSession(ayse.Process, Real).PlayAsync(terminals[2].Skip(1));
        (await ayse.Process.WaitForExitAsync()).Should().Be(0);
    }
}
