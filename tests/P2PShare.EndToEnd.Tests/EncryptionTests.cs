using System.Net;
using System.Net.Sockets;
using System.Text;
using P2PShare.EndToEnd.Tests.Running;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>Keys, known servers and refused connections, with the published programs.</summary>
public sealed class EncryptionTests : IDisposable
{
    private const int ServerNotTrusted = 6;
    private const string KeyLine = "This server's key: ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _home = new();

    private string KnownServers => _home.File(".state/p2pshare/known_servers");

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_server_that_is_met_for_the_first_time_is_told_once_and_remembered()
    {
        await using var server = await RunningServer.StartAsync();
        var key = await KeyOfAsync(server);

        var first = await RunAsync(server, "FINGERPRINT");
        var second = await RunAsync(server, "FINGERPRINT");

        first.Lines.Should().ContainSingle(line => line.StartsWith("First meeting with", StringComparison.Ordinal))
            .Which.Should().Contain($"127.0.0.1:{server.Port}");
        File.ReadAllText(KnownServers).Should().Be($"127.0.0.1:{server.Port} {key}\n");
        second.Text.Should().NotContain("First meeting");
        foreach (var output in new[] { first, second })
            output.Lines.Should().Contain($"The server:  {key}");
        first.Lines.Single(line => line.StartsWith("This client: ", StringComparison.Ordinal)).Should().Be(
            second.Lines.Single(line => line.StartsWith("This client: ", StringComparison.Ordinal)), "a client keeps its key");
    }

    [Fact]
    public async Task A_server_with_another_key_than_the_known_one_is_refused_in_one_line_with_exit_code_6()
    {
        await using var server = await RunningServer.StartAsync();
        var key = await KeyOfAsync(server);
        var known = string.Concat(Enumerable.Repeat("0123-", 15)) + "0123";
        _home.Write(".state/p2pshare/known_servers", Encoding.UTF8.GetBytes($"127.0.0.1:{server.Port} {known}\n"));

        await using var client = Launch(server, "-c", "LIST_FILES");

        (await client.WaitForExitAsync()).Should().Be(ServerNotTrusted);
        client.Errors.Lines.Should().ContainSingle().Which.Should().Contain(known).And.Contain(key).And.Contain(KnownServers);
        client.Output.Text.Should().BeEmpty();
        server.Process.Output.Text.Should().NotContain("registered", "the user name was not sent");
        File.ReadAllText(KnownServers).Should().Contain(known);
    }

    [Fact]
    public async Task A_server_that_comes_back_with_another_key_is_not_used_and_is_told_once()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await RunningClient.StartAsync(server, "yigido");
        server.Process.Kill();
        await server.Process.WaitForExitAsync();

        // Its key was in the folder of the first one.
        await using var other = await RunningServer.StartAsync(server.Port);
        await client.Process.WaitForLineAsync("has not the key that is known");
        await client.Process.SendLineAsync("LIST_FILES");
        await client.Process.Errors.WaitForLineAsync("the server is away");

        other.Process.Output.Text.Should().NotContain("registered");
        client.Process.Output.Lines.Count(line => line.Contains("has not the key", StringComparison.Ordinal)).Should().Be(1);
    }

    [Fact]
    public async Task A_server_that_comes_back_with_its_key_is_used_again()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await RunningClient.StartAsync(server, "yigido");
        server.Process.Kill();
        await server.Process.WaitForExitAsync();

        await using var same = await server.RestartAsync();

        await client.Process.WaitForLineAsync("is back");
        client.Process.Output.Text.Should().NotContain("has not the key");
    }

    [Fact]
    public async Task A_server_that_requires_encryption_refuses_clear_text_with_a_line_for_people_and_serves_our_client()
    {
        await using var server = await RunningServer.StartAsync(0, "--require-encryption", "--verbose");

        (await ConverseAsync(server.Port, "PROTO_VERSION 1.0\nREGISTER ali\n")).Should().Be(
            "VERSION_FAIL\nERROR this server accepts only encrypted connections (TLS); use a client that has them\n");
        (await ConverseAsync(server.Port, "PROTO_VERSION 1.0")).Should().StartWith("VERSION_FAIL\n", "some plain clients end no line");
        (await RunAsync(server, "LIST_FILES")).Lines.Should().Contain("0 files");

        server.Process.Output.Text.Should().Contain("only encrypted connections are served").And.NotContain(" ali");
    }

    [Fact]
    public async Task A_server_that_offers_encryption_answers_plain_programs_as_one_that_does_not()
    {
        const string Conversation = "PROTO_VERSION 1.0\nREGISTER ali\nANNOUNCE a b 5000\nREQUEST a b\nLIST_FILES\nNONSENSE\n";
        await using var server = await RunningServer.StartAsync();
        await using var plain = await RunningServer.StartAsync(0, "--no-encryption");

        var offering = await ConverseAsync(server.Port, Conversation);
        var clear = await ConverseAsync(plain.Port, Conversation);

        offering.Split('\n')[0].Split(' ').Should().Contain("TLS");
        clear.Split('\n')[0].Split(' ').Should().NotContain("TLS");
        offering[offering.IndexOf('\n', StringComparison.Ordinal)..].Should().Be(clear[clear.IndexOf('\n', StringComparison.Ordinal)..])
            .And.Contain("FOUND 127.0.0.1 5000");
    }

    [Fact]
    public async Task The_key_that_the_user_gives_is_accepted_from_the_first_connection_on_and_any_other_is_refused()
    {
        await using var server = await RunningServer.StartAsync();
        var key = await KeyOfAsync(server);

        (await RunAsync(server, "FINGERPRINT", "--server-key", key)).Text.Should().Contain(key).And.NotContain("First meeting");
        foreach (var form in new[] { key.ToUpperInvariant().Replace('-', ' '), key.Replace("-", "", StringComparison.Ordinal) })
            (await RunAsync(server, "FINGERPRINT", "--server-key", form)).Text.Should().Contain(key);

        await using var wrong = Launch(server, "-c", "LIST_FILES", "--server-key", (key[0] == '0' ? "1" : "0") + key[1..]);
        (await wrong.WaitForExitAsync()).Should().Be(ServerNotTrusted);
        wrong.Errors.Lines.Should().ContainSingle().Which.Should().Contain(key);
    }

    [Fact]
    public async Task A_server_prints_its_fingerprint_and_exits_and_has_that_key_when_it_runs()
    {
        await using var asked = ProgramProcess.Start(Programs.Server, ["--fingerprint", "--state", _home.File("state")], _home.Path);
        (await asked.WaitForExitAsync()).Should().Be(0);

        await using var server = await RunningServer.StartAsync(0, "--state", _home.File("state"));

        asked.Output.Lines.Should().Equal(await KeyOfAsync(server));
        asked.Errors.Text.Should().BeEmpty();
    }

    [Theory]
    [InlineData("not a key\n")]
    [InlineData("")]
    public async Task A_file_that_is_no_key_stops_the_server_in_one_line_and_stays_as_it_was(string content)
    {
        var file = _home.Write("key.pem", Encoding.UTF8.GetBytes(content));

        await using var server = ProgramProcess.Start(Programs.Server, ["0"], _home.Path);

        (await server.WaitForExitAsync()).Should().Be(1);
        server.Errors.Lines.Should().ContainSingle().Which.Should().Contain("key.pem");
        File.ReadAllText(file).Should().Be(content);
    }

    [Fact]
    public async Task Without_encryption_files_are_fetched_in_clear_text_and_no_key_is_made()
    {
        await using var server = await RunningServer.StartAsync(0, "--no-encryption");
        using var ownerHome = new TempFolder();
        var content = new SeededBytes(11).Create(2_000_000);
        ownerHome.Write("film.bin", content);
        await using var owner = Launch(ownerHome, "ayse", server, "--no-encryption");
        await owner.SendLineAsync("ANNOUNCE film.bin");
        await owner.WaitForLineAsync("Announced");

        var output = await RunAsync(server, "REQUEST film.bin", "--no-encryption", "-c", "FINGERPRINT");

        output.Lines.Should().Contain("This client: does not encrypt").And.Contain("The server:  the connection is not encrypted");
        File.ReadAllBytes(_home.File("downloads/film.bin")).AsSpan().SequenceEqual(content).Should().BeTrue();
        foreach (var folder in new[] { server.Folder, ownerHome, _home })
            Directory.GetFiles(folder.Path, "key.pem", SearchOption.AllDirectories).Should().BeEmpty();
    }

    [Fact]
    public async Task A_client_that_encrypts_and_one_that_does_not_fetch_from_each_other()
    {
        await using var server = await RunningServer.StartAsync();
        using var clearHome = new TempFolder();
        clearHome.Write("clear.txt", "from clear text"u8);
        _home.Write("safe.txt", "from TLS"u8);
        await using var clear = Launch(clearHome, "ayse", server, "--no-encryption");
        await clear.SendLineAsync("ANNOUNCE clear.txt");
        await clear.WaitForLineAsync("Announced");
        await using var encrypting = Launch(server);
        await encrypting.SendLineAsync("ANNOUNCE safe.txt");
        await encrypting.WaitForLineAsync("Announced");

        await encrypting.SendLineAsync("REQUEST clear.txt");
        await encrypting.WaitForLineAsync("Saved");
        await clear.SendLineAsync("REQUEST safe.txt");
        await clear.WaitForLineAsync("Saved");

        File.ReadAllText(_home.File("downloads/clear.txt")).Should().Be("from clear text");
        File.ReadAllText(clearHome.File("downloads/safe.txt")).Should().Be("from TLS");
    }

    [Fact]
    public async Task A_client_without_encryption_does_not_talk_to_a_server_that_is_known_with_it()
    {
        await using var server = await RunningServer.StartAsync();
        await RunAsync(server, "LIST_FILES");

        await using var client = Launch(server, "-c", "LIST_FILES", "--no-encryption");

        (await client.WaitForExitAsync()).Should().Be(ServerNotTrusted);
        client.Errors.Lines.Should().ContainSingle().Which.Should().Contain("--no-encryption").And.Contain(KnownServers);
    }

    [Fact]
    public async Task A_known_server_that_speaks_clear_text_only_is_refused_with_exit_code_6()
    {
        await using var server = await RunningServer.StartAsync(0, "--no-encryption");
        var known = string.Concat(Enumerable.Repeat("0123-", 15)) + "0123";
        _home.Write(".state/p2pshare/known_servers", Encoding.UTF8.GetBytes($"127.0.0.1:{server.Port} {known}\n"));

        await using var client = Launch(server, "-c", "LIST_FILES");

        (await client.WaitForExitAsync()).Should().Be(ServerNotTrusted);
        client.Errors.Lines.Should().ContainSingle();
        server.Process.Output.Text.Should().NotContain("registered");
    }

    [HiddenOpenSslTheory]
    [InlineData("server", 3, "0")]
    [InlineData("server", 0, "--fingerprint")]
    [InlineData("client", 0, "yigido", "127.0.0.1", "8080", "0")]
    public async Task Without_OpenSSL_one_line_says_what_is_missing_and_what_to_do(
        string program, int linesBefore, params string[] arguments)
    {
        var path = program == "server" ? Programs.Server : Programs.Client;
        string[] command = [.. HiddenOpenSsl.Prefix, path, .. arguments];
        await using var process = ProgramProcess.Start(command[0], command[1..], _home.Path, RunningClient.EnvironmentIn(_home));

        (await process.WaitForExitAsync()).Should().Be(1);

        process.Errors.Lines.Should().ContainSingle().Which.Should().Contain("OpenSSL").And.Contain("--no-encryption");
        process.Output.Lines.Should().HaveCount(linesBefore, "a server listens before it needs OpenSSL, and says so in three lines");
    }

    [HiddenOpenSslTheory]
    [InlineData("--no-encryption")]
    public async Task Without_OpenSSL_programs_that_do_not_encrypt_run(string option)
    {
        await using var server = await RunningServer.StartAsync(HiddenOpenSsl.Prefix, 0, option);
        string[] command =
            [.. HiddenOpenSsl.Prefix, Programs.Client, "yigido", "127.0.0.1", $"{server.Port}", "0", option, "-c", "LIST_FILES"];

        // The portable random bytes of .NET are those of OpenSSL.
        var environment = RunningClient.EnvironmentIn(_home);
        environment["P2PSHARE_PORTABLE"] = null;
        await using var client = ProgramProcess.Start(command[0], command[1..], _home.Path, environment);

        (await client.WaitForExitAsync()).Should().Be(0);
        client.Output.Lines.Should().Contain("0 files");
    }

    private static async Task<string> KeyOfAsync(RunningServer server)
    {
        var line = await server.Process.WaitForLineAsync(KeyLine);
        return line[KeyLine.Length..].Split(';')[0];
    }

    private static ProgramProcess Launch(TempFolder home, string user, RunningServer server, params string[] options) =>
        RunningClient.Launch(home, [user, "127.0.0.1", $"{server.Port}", "0", .. options]);

    // Sends all at once, ends its side, and reads to the end, as printf ... | nc does.
    private static async Task<string> ConverseAsync(int port, string text)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), deadline.Token);
        tcp.Client.Shutdown(SocketShutdown.Send);
        return await new StreamReader(stream).ReadToEndAsync(deadline.Token);
    }

    private ProgramProcess Launch(RunningServer server, params string[] options) => Launch(_home, "yigido", server, options);

    private async Task<Transcript> RunAsync(RunningServer server, string command, params string[] options)
    {
        await using var client = Launch(server, ["-c", command, .. options]);
        (await client.WaitForExitAsync()).Should().Be(0, client.Errors.Text);
        return client.Output;
    }
}
