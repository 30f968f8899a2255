using P2PShare.EndToEnd.Tests.Running;
using P2PShare.Testing;
using P2PShare.Testing.Nats;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests.Cluster;

/// <summary>A server that can never join its cluster ends with exit code 4, and says in one line what to change.</summary>
public sealed class CannotJoinTests
{
    private const int CannotJoin = 4;
    private const string Secret = "hunter2";

    [NatsFact]
    public async Task Wrong_credentials_in_the_URL_end_the_server_and_no_password_is_shown()
    {
        await using var nats = await RunningNats.StartAsync("--user", "ali", "--pass", "right");

        var (line, shown) = await FailAsync($"nats://ali:{Secret}@127.0.0.1:{nats.Port}");

        line.Should().Contain("NATS refuses the credentials").And.Contain("--cluster-credentials");
        shown.Should().NotContain(Secret);
    }

    [NatsFact]
    public async Task The_right_password_of_a_URL_joins_the_cluster_and_is_shown_nowhere()
    {
        await using var nats = await RunningNats.StartAsync("--user", "ali", "--pass", Secret);
        await using var cluster = await RunningCluster.StartAsync($"nats://ali:{Secret}@127.0.0.1:{nats.Port}", 2, "--verbose");
        foreach (var server in cluster.Servers)
            await server.Process.WaitForLineAsync("joined the cluster");
        await nats.KillAsync();
        foreach (var server in cluster.Servers)
        {
            await server.Process.WaitForLineAsync("no connection to the cluster");
            await Eventually.True(() => server.Log.Contains("still no connection", StringComparison.Ordinal), "the second attempt");
            (server.Log + server.Process.Output.Text + server.Process.Errors.Text).Should().NotContain(Secret);
        }
    }

    [NatsFact]
    public async Task A_wrong_seed_of_an_nkey_ends_the_server_and_the_right_one_joins()
    {
        using var folder = new TempFolder();
        using var right = NATS.NKeys.KeyPair.CreatePair(NATS.NKeys.PrefixByte.User);
        using var wrong = NATS.NKeys.KeyPair.CreatePair(NATS.NKeys.PrefixByte.User);
        var config = $"authorization {{ users = [ {{ nkey: {right.GetPublicKey()} }} ] }}";
        var file = folder.Write("nats.conf", System.Text.Encoding.ASCII.GetBytes(config));
        await using var nats = await RunningNats.StartAsync("--config", file);
        string File(string name, string seed) => folder.Write(name, System.Text.Encoding.ASCII.GetBytes(seed + "\n"));

        var (line, shown) = await FailAsync(nats.Url, "--cluster-credentials", File("wrong.nk", wrong.GetSeed()));
        line.Should().Contain("NATS refuses the credentials");
        shown.Should().NotContain(wrong.GetSeed());
        (await FailAsync(nats.Url, "--cluster-credentials", folder.File("none.nk"))).Line.Should().Contain("cannot be read");

        await using var cluster = await RunningCluster.StartAsync(nats.Url, 2, "--cluster-credentials", File("right.nk", right.GetSeed()));
        using var one = await IndexSession.ConnectAsync(cluster.Servers[0], "one");
        await one.ShareAsync("a");
        await cluster.WaitForNamesAsync("a");
    }

    [NatsFact]
    public async Task A_credentials_file_without_a_seed_ends_the_server()
    {
        using var folder = new TempFolder();
        await using var nats = await RunningNats.StartAsync();

        foreach (var content in new[] { "", "not a seed\n", "-----BEGIN NATS USER JWT-----\nx\n" })
        {
            var file = folder.Write("bad.creds", System.Text.Encoding.ASCII.GetBytes(content));
            (await FailAsync(nats.Url, "--cluster-credentials", file)).Line.Should().Contain("--cluster-credentials");
        }
    }

    [NatsFact]
    public async Task NATS_without_JetStream_ends_the_server()
    {
        await using var nats = await RunningNats.StartPlainAsync();

        (await FailAsync(nats.Url)).Line.Should().Contain("without JetStream").And.Contain("nats-server --jetstream");
    }

    [NatsFact]
    public async Task Replicas_of_a_single_NATS_server_end_the_server()
    {
        await using var nats = await RunningNats.StartAsync();

        (await FailAsync(nats.Url, "--cluster-replicas", "3")).Line.Should().Contain("--cluster-replicas 1");
    }

    [NatsTheory]
    [InlineData("\"description\":\"P2PShare cluster 2\",\"subjects\":[\"p2pshare.home.>\"],\"max_msgs_per_subject\":1", "newer version")]
    [InlineData("\"subjects\":[\"p2pshare.home.>\"],\"max_msgs_per_subject\":-1", "--cluster-name")]
    [InlineData("\"subjects\":[\"p2pshare.home.>\"],\"max_msgs_per_subject\":1,\"deny_purge\":true", "--cluster-name")]
    [InlineData("\"subjects\":[\"other.>\"],\"max_msgs_per_subject\":1", "--cluster-name")]
    public async Task A_stream_that_servers_cannot_use_ends_the_server(string settings, string hint)
    {
        await using var nats = await RunningNats.StartAsync();
        await NatsRequest.CreateStreamAsync(nats.Port, "P2PSHARE_home", settings);

        (await FailAsync(nats.Url)).Line.Should().Contain("the stream P2PSHARE_home").And.Contain(hint);

        await using var other = await RunningCluster.StartAsync(nats.Url, 2, "--cluster-name", "other");
    }

    // The line on standard error, and all that was written anywhere.
    private static async Task<(string Line, string Shown)> FailAsync(string url, params string[] options)
    {
        await using var server = await RunningServer.StartAsync(0, ["--cluster", url, "--verbose", .. options]);
        (await server.Process.WaitForExitAsync()).Should().Be(CannotJoin, server.Process.Output.Text);
        var line = server.Process.Errors.Lines.Should().ContainSingle().Which;
        line.Should().StartWith("server: cannot join the cluster: ").And.EndWith(".");
        return (line, server.Log + server.Process.Output.Text + line);
    }
}
