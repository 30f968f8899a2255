using System.Text.Json;
using P2PShare.Testing;

namespace P2PShare.Client.Tests;

public sealed class ClientLogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Missing_folders_are_created_and_debug_lines_are_left_out()
    {
        var path = _folder.File("state/p2pshare/client.log");

        await using (var log = ClientLog.Open(path, isVerbose: false, out var problem))
        {
            problem.Should().BeNull();
            log.Information("hello");
            log.Debug("too much");
        }

        File.ReadAllLines(path).Should().ContainSingle().Which.Should().EndWith("hello");
    }

    [Fact]
    public async Task A_JSON_log_has_an_object_a_line()
    {
        var path = _folder.File("client.log");

        await using (var log = ClientLog.Open(path, isVerbose: false, out _, isJson: true))
            log.Information("Connected to {Server:l}", "a\"b");

        var line = JsonDocument.Parse(File.ReadAllLines(path).Should().ContainSingle().Which).RootElement;
        line.GetProperty("@m").GetString().Should().Be("Connected to a\"b");
        line.GetProperty("Server").GetString().Should().Be("a\"b");
    }

    [Fact]
    public async Task Two_clients_that_share_a_log_lose_no_line()
    {
        var path = _folder.File("client.log");
        await using (var first = ClientLog.Open(path, isVerbose: true, out _))
        await using (var second = ClientLog.Open(path, isVerbose: true, out var problem))
        {
            problem.Should().BeNull();
            await Task.WhenAll(
                Task.Run(() => Enumerable.Range(0, 500).ToList().ForEach(n => first.Information("first {Number}", n))),
                Task.Run(() => Enumerable.Range(0, 500).ToList().ForEach(n => second.Information("second {Number}", n))));
        }

        File.ReadAllLines(path).Should().HaveCount(1000)
            .And.OnlyContain(line => line.Contains("[INF] first ") || line.Contains("[INF] second "));
    }

    [Fact]
    public async Task Log_that_cannot_be_written_reports_why_and_discards_its_lines()
    {
        var file = _folder.Write("a file", ""u8);

        foreach (var path in new[] { Path.Combine(file, "client.log"), _folder.Path, "/proc/nothing/client.log", "/dev/full/client.log" })
        {
            await using var log = ClientLog.Open(path, isVerbose: false, out var problem);

            problem.Should().NotBeNullOrEmpty();
            log.Invoking(one => one.Information("nobody hears this")).Should().NotThrow();
        }
    }
}
