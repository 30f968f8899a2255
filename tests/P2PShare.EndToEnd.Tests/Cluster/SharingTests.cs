using System.Net;
using P2PShare.EndToEnd.Tests.Running;
using P2PShare.Protocol;
using P2PShare.Testing;
using P2PShare.Testing.Nats;

namespace P2PShare.EndToEnd.Tests.Cluster;

/// <summary>What is announced at one server of a cluster is found at the others.</summary>
public sealed class SharingTests
{
    private const string Id = "0000000000000000000000000000000000000000000000000000000000000007";

    [NatsFact]
    public async Task What_is_announced_at_one_server_is_found_with_every_command_at_the_others_until_it_is_withdrawn()
    {
        await using var nats = await RunningNats.StartAsync();
        await using var cluster = await RunningCluster.StartAsync(nats.Url, 3);
        using var owner = await IndexSession.ConnectAsync(cluster.Servers[0], "ali veli");
        await owner.ShareAsync("notlar/selam.txt", 7, 9007);
        (await owner.AskAsync("ANNOUNCE eski.txt 9008")).Should().Equal("ANNOUNCE_OK");
        (await owner.AskAsync($"SHARE_PART {new string('a', 64)} 5000000 9007")).Should().Equal("SHARE_PART_OK");
        await cluster.WaitForNamesAsync("eski.txt", "notlar/selam.txt");

        const string Row = Id + " 1 127.0.0.1 9007 notlar/selam.txt";
        foreach (var server in cluster.Servers)
        {
            using var session = await IndexSession.ConnectAsync(server);
            (await session.AskAsync("REQUEST notlar/selam.txt")).Should().Equal("FOUND 127.0.0.1 9007");
            (await session.AskAsync("REQUEST eski.txt")).Should().Equal("FOUND 127.0.0.1 9008");
            (await session.AskAsync("LOCATE notlar/selam.txt")).Should().Equal(Row);
            (await session.AskAsync($"LOCATE_ID {Id}")).Should().Equal(Row);
            (await session.AskAsync($"LOCATE_PEERS {Id}")).Should().Equal("WHOLE 127.0.0.1 9007");
            (await session.AskAsync("LIST_FILES")).Should().Equal("eski.txt 127.0.0.1 9008", "notlar/selam.txt 127.0.0.1 9007");
            (await session.AskAsync("SEARCH SELAM")).Should().Equal($"{Id} 1 1 notlar/selam.txt");
            (await session.AskAsync("WHOIS 127.0.0.1 9007")).Should().Equal("PEER - ali veli");
            await Eventually.True(
                async () => (await session.AskAsync($"LOCATE_PEERS {new string('a', 64)}")).SequenceEqual(["PART 127.0.0.1 9007"]),
                "the part to be found");
        }

        (await owner.AskAsync("WITHDRAW notlar/selam.txt")).Should().Equal("WITHDRAW_OK");
        await cluster.WaitForNamesAsync("eski.txt");
        foreach (var server in cluster.Servers)
            (await IndexSession.AskAsync(server, "REQUEST notlar/selam.txt")).Should().Equal("NOT_FOUND");
    }

    [NatsFact]
    public async Task A_client_fetches_through_another_server_than_the_owners_and_is_an_owner_at_both_afterwards()
    {
        await using var nats = await RunningNats.StartAsync();
        await using var cluster = await RunningCluster.StartAsync(nats.Url, 2);
        var owner = await cluster.ConnectAsync(cluster.Servers[0], "yigido");
        var requester = await cluster.ConnectAsync(cluster.Servers[1], "ayşe");
        var path = await new SeededBytes(1).WriteFileAsync(owner.Folder.File("film.bin"), 3_000_001);
        await owner.CommandAsync("ANNOUNCE film.bin", "Announced");
        await cluster.WaitForNamesAsync("film.bin");

        await requester.CommandAsync("REQUEST film.bin", "Saved");

        FileContent.AreEqual(requester.Downloaded("film.bin"), path).Should().BeTrue();
        await cluster.WaitForNamesAsync("film.bin", "film.bin");
        foreach (var client in new[] { owner, requester })
        {
            (await client.ListFilesAsync()).Should().HaveCount(3)
                .And.Contain(row => row.EndsWith($"127.0.0.1:{owner.PeerPort} (yigido)"))
                .And.Contain(row => row.EndsWith($"127.0.0.1:{requester.PeerPort} (ayşe)"));
        }
    }

    [NatsFact]
    public async Task The_longest_names_user_names_with_spaces_and_IPv6_addresses_arrive_at_the_other_servers()
    {
        await using var nats = await RunningNats.StartAsync();
        await using var cluster = await RunningCluster.StartAsync(nats.Url, 2);
        var rest = string.Join('/', Enumerable.Repeat(new string('x', 255), 4))[3..^2] + "/yy";
        var names = Enumerable.Range(0, 100).Select(number => $"{number:D3}{rest}").ToArray();
        names[0].Should().HaveLength(Limits.MaxFileNameBytes);
        var user = $"ali  {new string('ğ', 50)}  veli";
        using var owner = await IndexSession.ConnectAsync(cluster.Servers[0], user, IPAddress.IPv6Loopback);
        foreach (var name in names)
            await owner.ShareAsync(name);
        await cluster.WaitForNamesAsync(names);

        using var session = await IndexSession.ConnectAsync(cluster.Servers[1]);
        (await session.AskAsync($"REQUEST {names[^1]}")).Should().Equal("FOUND ::1 9001");
        (await session.AskAsync("WHOIS ::1 9001")).Should().Equal($"PEER - {user}");
    }
}
