using System.Net.Sockets;
using System.Text;

namespace P2PShare.Peer.Tests.Uploads;

/// <summary>Plays the recorded peer conversation of PROTOCOL.md against a real peer.</summary>
public sealed class RecordedConversationTests
{
    [Fact]
    public async Task Peer_answers_as_PROTOCOL_md_records()
    {
        await using var peer = new SharingPeer();
        await peer.ShareAsync("notlar/selam.txt", "merhaba\n"u8.ToArray(), new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc));
        peer.Shared.EmptyFolders.Set(SharingPeer.NameOf("notlar"), [SharingPeer.NameOf("notlar/boş")]);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(peer.Address.Ip, peer.Address.Port);

        var lines = Recorded();
        lines.Should().HaveCountGreaterThan(8);
        foreach (var line in lines)
        {
            var bytes = Encoding.UTF8.GetBytes(line[3..] + "\n");
            if (line.StartsWith('C'))
            {
                await tcp.GetStream().WriteAsync(bytes);
                continue;
            }

            var answer = new byte[bytes.Length];
            await tcp.GetStream().ReadExactlyAsync(answer).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            Encoding.UTF8.GetString(answer).Should().Be(line[3..] + "\n");
        }
    }

    private static List<string> Recorded()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "P2PShare.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return File.ReadLines(Path.Combine(folder.FullName, "src", "P2PShare.Protocol", "PROTOCOL.md"))
            .SkipWhile(line => line != "```peer-conversation").Skip(1).TakeWhile(line => line != "```").ToList();
    }
}
