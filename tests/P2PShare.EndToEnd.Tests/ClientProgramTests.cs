using System.Net;
using System.Net.Sockets;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>Start, end and error messages of the program <c>client</c>.</summary>
public sealed class ClientProgramTests : IDisposable
{
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("username", "", "127.0.0.1", "8080", "9001")]
    [InlineData("username", "a\nb", "127.0.0.1", "8080", "9001")]
    [InlineData("server_ip", "yigido", "not an address", "8080", "9001")]
    [InlineData("server_port", "yigido", "127.0.0.1", "0", "9001")]
    [InlineData("server_port", "yigido", "127.0.0.1", "eighty", "9001")]
    [InlineData("my_peer_port", "yigido", "127.0.0.1", "8080", "65536")]
    [InlineData("my_peer_port", "yigido", "127.0.0.1", "8080", "-1")]
    [InlineData("--bind", "yigido", "127.0.0.1", "8080", "9001", "--bind", "nowhere")]
    [InlineData("--nonsense", "yigido", "127.0.0.1", "8080", "9001", "--nonsense")]
    [InlineData("my_peer_port", "yigido", "127.0.0.1", "8080")]
    [InlineData("extra", "yigido", "127.0.0.1", "8080", "9001", "extra")]
    public async Task An_invalid_argument_is_reported_in_one_line_with_exit_code_2(string named, params string[] arguments)
    {
        await using var client = RunningClient.Launch(_home, arguments);

        (await client.WaitForExitAsync()).Should().Be(2);
        client.Errors.Lines.Should().ContainSingle().Which.Should().Contain(named);
        client.Output.Text.Should().BeEmpty();
    }

    [Fact]
    public async Task Help_lists_every_exit_code()
    {
        await using var client = RunningClient.Launch(_home, "--help");

        (await client.WaitForExitAsync()).Should().Be(0);
        for (var code = 0; code <= 8; code++)
            client.Output.Lines.Should().Contain(line => line.TrimStart().StartsWith($"{code}  "));
    }

    [Fact]
    public async Task A_missing_server_is_reported_in_one_line_with_exit_code_4()
    {
        // A bound port on which nobody listens: no other process can take it, and no connection is accepted.
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        await using var client = RunningClient.Launch(_home, "yigido", "127.0.0.1", $"{((IPEndPoint)held.LocalEndPoint!).Port}", "0");

        (await client.WaitForExitAsync()).Should().Be(4);
        client.Errors.Lines.Should().ContainSingle().Which.Should().StartWith("No server answers at 127.0.0.1");
    }

    [Theory]
    [InlineData("VERSION_FAIL\n")]
    [InlineData("VERSION_FAIL")]
    public async Task VERSION_FAIL_is_reported_in_one_line_with_exit_code_3(string answer)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await using var client = RunningClient.Launch(_home, "yigido", "127.0.0.1", $"{((IPEndPoint)server.LocalEndpoint).Port}", "0");
        using var connection = await server.AcceptTcpClientAsync();

        await connection.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer));

        // The client tries TLS next, because a server that requires it answers like this, too.
        server.Stop();

        (await client.WaitForExitAsync()).Should().Be(3);
        client.Errors.Lines.Should().ContainSingle().Which.Should().Contain("does not speak protocol 1.0");
    }

    [Fact]
    public async Task A_peer_port_in_use_is_reported_in_one_line_with_exit_code_5_before_REGISTER()
    {
        await using var server = await RunningServer.StartAsync();
        await using var first = await RunningClient.StartAsync(server, "yigido");

        await using var second = RunningClient.Launch(_home, "ayse", "127.0.0.1", $"{server.Port}", $"{first.PeerPort}");

        (await second.WaitForExitAsync()).Should().Be(5);
        second.Errors.Lines.Should().ContainSingle().Which.Should().Contain($"{first.PeerPort} is taken");
        server.Process.Output.Text.Should().NotContain("ayse");
    }

    [Fact]
    public async Task Commands_from_a_pipe_run_in_order_and_the_exit_code_tells_whether_all_succeeded()
    {
        await using var server = await RunningServer.StartAsync();
        await using var good = RunningClient.Launch(_home, "yigido", "127.0.0.1", $"{server.Port}", "0");
        _home.Write("a b.txt", "hello"u8);
        await good.SendLineAsync("announce \"a b.txt\"\n\nLIST_FILES\nhelp\nEXIT\nLIST_FILES");
        (await good.WaitForExitAsync()).Should().Be(0);
        good.Output.Lines.Count(line => line == "1 file").Should().Be(1, "no command runs after EXIT");
        good.Output.Lines.Should().NotContain(line => line.StartsWith('>'), "a pipe gets no prompt");

        await using var bad = RunningClient.Launch(_home, "yigido", "127.0.0.1", $"{server.Port}", "0");
        await bad.SendLineAsync("REQUEST nothing-of-this-name\nLIST_FILES");
        bad.CloseInput();
        (await bad.WaitForExitAsync()).Should().Be(1);
        bad.Output.Text.Should().Contain("0 files", "a command that failed does not stop the next");
        bad.Errors.Lines.Should().ContainSingle();
    }

    [Fact]
    public async Task The_message_for_an_unknown_command_suggests_the_most_similar_one()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await RunningClient.StartAsync(server, "yigido");

        await client.Process.SendLineAsync("REQEST a\nANNOUNCE");
        await client.Process.Errors.WaitForLineAsync("did you mean REQUEST?");
        await client.Process.Errors.WaitForLineAsync("Usage: ANNOUNCE [--once] [--exclude <glob>] <file or folder>");
    }

    [Theory]
    [InlineData(UnixSignal.Terminate)]
    [InlineData(UnixSignal.HangUp)]
    public async Task A_signal_ends_the_client_in_order(UnixSignal signal)
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await RunningClient.StartAsync(server, "yigido");

        client.Process.Signal(signal);

        (await client.Process.WaitForExitAsync(TimeSpan.FromSeconds(10))).Should().Be(1, "commands may be unread");
        client.Process.Errors.Text.Should().BeEmpty();
    }

    [Fact]
    public async Task Control_D_in_a_terminal_ends_the_client_with_exit_code_0()
    {
        await using var server = await RunningServer.StartAsync();
        await using var terminal = TerminalProcess.Start(
            Programs.Client, ["yigido", "127.0.0.1", $"{server.Port}", "0"], _home.Path, RunningClient.EnvironmentIn(_home));
        await terminal.WaitForTextAsync("> ");

        // .NET configures the terminal only while it reads a line. A key between the prompt and the start of the read is handled by
        // the terminal itself, and must be pressed again.
        var exit = terminal.WaitForExitAsync();
        await Eventually.True(async () =>
        {
            try
            {
                if (!exit.IsCompleted)
                    await terminal.PressControlDAsync();
            }
            catch (IOException)
            {
                // The client ended between the check and the key.
            }

            return exit.IsCompleted;
        }, "the client to end");
        (await exit).Should().Be(0);
    }
}
