using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using P2PShare.EndToEnd.Tests.Running;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>Plain programs, written with literal bytes, against ours in every role.</summary>
public sealed class PlainProgramsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("")]
    public async Task The_server_serves_a_plain_client_with_any_line_end_or_none(string end)
    {
        await using var server = await RunningServer.StartAsync();
        using var plain = await ConnectAsync(server.Port);

        (await AskAsync(plain, "PROTO_VERSION 1.0" + end)).Should().StartWith("VERSION_OK").And.EndWith("\n");
        (await AskAsync(plain, "REGISTER ali veli" + end)).Should().Be("REGISTER_OK\n");
        (await AskAsync(plain, "ANNOUNCE yaz tatili.txt 5000" + end)).Should().Be("ANNOUNCE_OK\n");
        (await AskAsync(plain, "REQUEST yaz tatili.txt" + end)).Should().Be("FOUND 127.0.0.1 5000\n");
        (await AskAsync(plain, "REQUEST yok" + end)).Should().Be("NOT_FOUND\n");
        (await AskAsync(plain, "LIST_FILES" + end)).Should().Be("yaz tatili.txt 127.0.0.1 5000\nLIST_END\n");
        (await AskAsync(plain, "ANNOUNCE yaz tatili.txt 99999" + end)).Should().Be("ANNOUNCE_FAIL port is not a number in 1..65535\n");
        (await AskAsync(plain, "FETCH" + end)).Should().Be("ERROR unknown command\n");
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("")]
    public async Task A_plain_requester_gets_shared_files_and_nothing_else(string end)
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "owner");
        var content = new SeededBytes(7).Create(3_000_001);
        owner.Folder.Write("yaz tatili ğüşıöç.bin", content);
        owner.Folder.Write("secret.txt", "not announced"u8);
        File.CreateSymbolicLink(owner.Folder.File("link.txt"), owner.Folder.File("secret.txt"));
        await owner.CommandAsync("ANNOUNCE yaz tatili ğüşıöç.bin", "Announced");

        (await FetchAsync(owner.PeerPort, "yaz tatili ğüşıöç.bin" + end)).AsSpan().SequenceEqual(content).Should().BeTrue();
        string[] notShared =
        [
            "secret.txt", "./yaz tatili ğüşıöç.bin", "../secret.txt", "/etc/passwd", "link.txt", "downloads", "..",
            owner.Folder.File("secret.txt"),
        ];
        foreach (var name in notShared)
            (await FetchAsync(owner.PeerPort, name + "\n")).Should().BeEmpty(name);
    }

    [Theory]
    [InlineData("VERSION_OK\n", "REGISTER_OK\n", "FOUND 127.0.0.1 {0}\n")]
    [InlineData("MERHABA\r\n", "tamam\r\n", "FOUND 127.0.0.1 {0}\r\n")]
    [InlineData("VERSION_OK", "", "note: somebody else came\nFOUND 127.0.0.1 {0}\n")]
    public async Task The_client_fetches_through_a_plain_server_from_a_plain_owner(string version, string registered, string found)
    {
        var content = new SeededBytes(8).Create(1_000_003);
        await using var owner = new ScriptedListener(asked => asked.TrimEnd('\n') == "rapor.bin" ? content : [], closesAfterAnswer: true);
        await using var server = new ScriptedListener(
            asked => Encoding.UTF8.GetBytes(asked.Split(' ')[0] switch
            {
                "PROTO_VERSION" => version,
                "REGISTER" => registered,
                "REQUEST" => string.Format(CultureInfo.InvariantCulture, found, owner.Port),
                "LIST_FILES\n" => $"rapor.bin 127.0.0.1 {owner.Port}\nLIST_END\n",
                _ => "ERROR what?\n",
            }),
            closesAfterAnswer: false);
        using var home = new TempFolder();
        await using var client = RunningClient.Launch(home, "ayşe", "127.0.0.1", $"{server.Port}", "0");
        await client.WaitForLineAsync("Connected");

        await client.SendLineAsync("LIST_FILES");
        await client.WaitForLineAsync("rapor.bin");
        await client.SendLineAsync("REQUEST rapor.bin");
        (await client.WaitForLineAsync("Saved")).Should().Contain("could not be verified");
        await client.SendLineAsync("EXIT");

        (await client.WaitForExitAsync()).Should().Be(0);
        File.ReadAllBytes(home.File("downloads/rapor.bin")).AsSpan().SequenceEqual(content).Should().BeTrue();
    }

    private static async Task<TcpClient> ConnectAsync(int port)
    {
        var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(IPAddress.Loopback, port);
        return tcp;
    }

    // One send, and receives until the answer is complete, as a small C program does.
    private static async Task<string> AskAsync(TcpClient plain, string message)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await plain.Client.SendAsync(Encoding.UTF8.GetBytes(message), deadline.Token);
        var received = new StringBuilder();
        var buffer = new byte[4096];
        var isList = message.StartsWith("LIST_FILES", StringComparison.Ordinal);
        do
        {
            var count = await plain.Client.ReceiveAsync(buffer, deadline.Token);
            if (count == 0)
                break;
            received.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        while (received[^1] != '\n' || (isList && !received.ToString().EndsWith("LIST_END\n", StringComparison.Ordinal)));
        return received.ToString();
    }

    private static async Task<byte[]> FetchAsync(int port, string message)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var plain = await ConnectAsync(port);
        await plain.Client.SendAsync(Encoding.UTF8.GetBytes(message), deadline.Token);
        using var received = new MemoryStream();
        await plain.GetStream().CopyToAsync(received, deadline.Token);
        return received.ToArray();
    }
}
