using System.Globalization;
using P2PShare.EndToEnd.Tests.Running;
using P2PShare.Testing.Nats;

namespace P2PShare.EndToEnd.Tests.Cluster;

/// <summary>Plays the section of the README about several servers.</summary>
public sealed class ClusterReadmeTests
{
    [NatsFact]
    public async Task The_session_with_two_servers_prints_what_the_README_shows()
    {
        var blocks = await ConsoleSession.ReadBlocksAsync("Several servers");
        blocks.Should().HaveCount(4);
        blocks[0].Should().Equal(
            "nats-server --jetstream", "server 8080 --cluster nats://127.0.0.1:4222", "server 8081 --cluster nats://127.0.0.1:4222");
        blocks[1][0].Should().Be("$ ./dist/client yigido 127.0.0.1 8080 9001");
        blocks[2][0].Should().Be("$ ./dist/client ayse 127.0.0.1 8081 9002");

        await using var nats = await RunningNats.StartAsync();
        await using var cluster = await RunningCluster.StartAsync(nats.Url, 2);
        var (first, second) = (cluster.Servers[0], cluster.Servers[1]);
        var yigido = await cluster.ConnectAsync(first, "yigido");
        var ayse = await cluster.ConnectAsync(second, "ayse");
        yigido.Folder.Write("hello.txt", "hello, peers\n"u8);
        string Real(string line) => line
            .Replace("8080", first.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("8081", second.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("9001", yigido.PeerPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("9002", ayse.PeerPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var owner = new ConsoleSession(yigido.Process, Real);

        await owner.PlayAsync(blocks[1].Skip(1));
        await cluster.WaitForNamesAsync("hello.txt");
        await new ConsoleSession(ayse.Process, Real).PlayAsync(blocks[2].Skip(1));
        first.Process.Kill();
        await first.Process.WaitForExitAsync();
        await owner.PlayAsync(blocks[3]);

        await cluster.RemoveAsync(first);
        await cluster.WaitForNamesAsync("hello.txt", "hello.txt");
        (await ayse.ListFilesAsync()).Should().HaveCount(3)
            .And.Contain(row => row.EndsWith($"127.0.0.1:{yigido.PeerPort} (yigido)"));
    }
}
