using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using P2PShare.Testing.Peers;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>Verified downloads from several owners, some of which fail or lie.</summary>
public sealed partial class SwarmTests
{
    private const long MiB = 1024 * 1024;
    private const long GiB = 1024 * MiB;

    [Fact]
    public async Task A_gigabyte_arrives_while_one_owner_lies_one_is_stopped_and_one_is_killed_and_restarted()
    {
        await using var server = await RunningServer.StartAsync();
        await using var stopped = await RunningClient.StartAsync(server, "stopped");
        var killed = await RunningClient.StartAsync(server, "killed");
        await using var requester = await RunningClient.StartAsync(server, "requester");
        var path = await new SeededBytes(1).WriteFileAsync(stopped.Folder.File("large.bin"), GiB);
        File.CreateSymbolicLink(killed.Folder.File("large.bin"), path);
        var announced = await stopped.CommandAsync("ANNOUNCE large.bin", "Announced", TimeSpan.FromMinutes(1));
        await killed.CommandAsync("ANNOUNCE large.bin", "Announced", TimeSpan.FromMinutes(1));
        await using var liar = new LyingPeer(PeerAddress.Create(IPAddress.Loopback, killed.PeerPort), honestBytes: 4 * MiB);
        await liar.ShareAsync(server.Port, AnnounceOutput.IdentityIn(announced, GiB), TestName.Parse("large.bin"));

        await requester.Process.SendLineAsync("REQUEST large.bin");
        await Eventually.True(() => liar.CorruptedPieces > 0, "the lying owner to send a wrong piece");
        await Eventually.True(
            () => FileContent.BytesOnDisk(requester.Downloaded("large.bin.part")) > GiB / 4, "a quarter of the file to be on the disk");
        stopped.Process.Signal(UnixSignal.Stop);
        killed.Process.Kill();
        await using var back = await RunningClient.StartAsync(server, "killed", killed.Folder, killed.PeerPort);
        await back.CommandAsync("ANNOUNCE large.bin", "Announced", TimeSpan.FromMinutes(1));
        var saved = await requester.Process.WaitForLineAsync("Saved", TimeSpan.FromMinutes(3));
        stopped.Process.Signal(UnixSignal.Continue);

        FileContent.AreEqual(requester.Downloaded("large.bin"), path).Should().BeTrue();
        saved.Should().Contain($"Left out for wrong answers: {liar.Address}");
        FetchedIn(saved).Should().BeLessThan(1.02 * GiB, saved);
        await killed.DisposeAsync();
    }

    [Fact]
    public async Task A_requester_that_is_killed_ten_times_continues_each_time_where_it_stopped()
    {
        var random = new Random(20);
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "owner");
        using var home = new TempFolder();
        var path = await new SeededBytes(2).WriteFileAsync(owner.Folder.File("large.bin"), GiB);
        await owner.CommandAsync("ANNOUNCE large.bin", "Announced", TimeSpan.FromMinutes(1));
        var part = home.File("downloads/large.bin.part");

        for (var kill = 1; kill <= 10; kill++)
        {
            await using var requester = await RunningClient.StartAsync(server, "requester", home);
            await requester.Process.SendLineAsync("REQUEST large.bin");
            var enough = kill * GiB / 11 + random.NextInt64(-GiB / 50, GiB / 50);
            await Eventually.True(() => FileContent.BytesOnDisk(part) >= enough, "this run's part to be on the disk");
            requester.Process.Kill();
            await requester.Process.WaitForExitAsync();
        }

        await using var last = await RunningClient.StartAsync(server, "requester", home);
        await last.CommandAsync("REQUEST large.bin", "Saved", TimeSpan.FromMinutes(2));

        FileContent.AreEqual(home.File("downloads/large.bin"), path).Should().BeTrue();
        var shared = await owner.CommandAsync("SHARED", "large.bin  ");
        BytesIn(UploadedColumn().Match(shared).Groups[1].Value).Should().BeLessThan(1.1 * GiB, shared);
    }

    [Fact]
    public async Task A_folder_of_ten_thousand_files_is_announced_and_fetched_by_one_command_each()
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "owner");
        await using var requester = await RunningClient.StartAsync(server, "requester");
        for (var n = 0; n < 10_000; n++)
            owner.Folder.Write($"tree/{n % 100}/{n}.bin", new SeededBytes((ulong)n).Create(4096));

        (await owner.CommandAsync("ANNOUNCE tree", "Announced", TimeSpan.FromMinutes(1))).Should().Contain("10,000 files");
        (await requester.CommandAsync("REQUEST tree/", "saved in", TimeSpan.FromMinutes(2))).Should().Contain("10,000 files");

        for (var n = 0; n < 10_000; n++)
        {
            var fetched = File.ReadAllBytes(requester.Downloaded($"tree/{n % 100}/{n}.bin"));
            fetched.AsSpan().SequenceEqual(new SeededBytes((ulong)n).Create(4096)).Should().BeTrue();
        }
    }

    [Fact]
    public async Task A_sparse_file_of_six_gibibytes_arrives()
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "owner");
        await using var requester = await RunningClient.StartAsync(server, "requester");
        await using (var sparse = File.Create(owner.Folder.File("sparse.img")))
        {
            sparse.SetLength(6 * GiB);
            sparse.Position = 5 * GiB;
            sparse.Write("somewhere in the middle"u8);
        }

        await owner.CommandAsync("ANNOUNCE sparse.img", "Announced", TimeSpan.FromMinutes(1));
        await requester.CommandAsync("REQUEST sparse.img", "Saved", TimeSpan.FromMinutes(3));

        FileContent.AreEqual(requester.Downloaded("sparse.img"), owner.Folder.File("sparse.img")).Should().BeTrue();
    }

    [Fact]
    public async Task The_content_of_most_owners_is_fetched_by_name_and_the_other_by_its_id()
    {
        await using var server = await RunningServer.StartAsync();
        await using var one = await RunningClient.StartAsync(server, "one");
        await using var two = await RunningClient.StartAsync(server, "two");
        await using var three = await RunningClient.StartAsync(server, "three");
        await using var requester = await RunningClient.StartAsync(server, "requester");
        one.Folder.Write("a", "minority"u8);
        two.Folder.Write("a", "majority"u8);
        three.Folder.Write("a", "majority"u8);
        var minority = await one.CommandAsync("ANNOUNCE a", "Announced");
        await two.CommandAsync("ANNOUNCE a", "Announced");
        await three.CommandAsync("ANNOUNCE a", "Announced");

        await requester.CommandAsync("REQUEST a", "1 other content");
        await requester.Process.WaitForLineAsync("Saved");
        await requester.CommandAsync($"REQUEST a#{minority[^64..^56]}", "a (1)");

        File.ReadAllText(requester.Downloaded("a")).Should().Be("majority");
        File.ReadAllText(requester.Downloaded("a (1)")).Should().Be("minority");
        (await requester.CommandAsync("REQUEST a", "already there")).Should().Contain("same content");
    }

    [Fact]
    public async Task A_changed_file_is_withdrawn_before_it_is_served_and_its_requester_goes_on_with_the_new_content()
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "owner");
        await using var requester = await RunningClient.StartAsync(server, "requester");
        owner.Folder.Write("a", "before"u8);
        await owner.CommandAsync("ANNOUNCE a", "Announced");
        owner.Folder.Write("a", "after it was announced"u8);

        await requester.Process.SendLineAsync("REQUEST a");
        await owner.Process.WaitForLineAsync("has changed since it was announced");
        await owner.Process.WaitForLineAsync("is shared again");
        await requester.Process.WaitForLineAsync("a has changed: #");
        await requester.Process.WaitForLineAsync("Saved downloads/a");

        File.ReadAllText(requester.Downloaded("a")).Should().Be("after it was announced");
    }

    [Fact]
    public async Task SEARCH_WITHDRAW_and_REPAIR_work()
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "owner");
        await using var requester = await RunningClient.StartAsync(server, "requester");
        var content = new SeededBytes(5).Create((int)(3 * MiB));
        owner.Folder.Write("Holiday.MKV", content);
        owner.Folder.Write("notes.txt", "notes"u8);
        await owner.CommandAsync("ANNOUNCE Holiday.MKV", "Announced");
        await owner.CommandAsync("ANNOUNCE notes.txt", "Announced");

        (await requester.CommandAsync("SEARCH *day.mkv", "Holiday")).Should().Contain("3 MiB");
        await requester.Process.WaitForLineAsync("1 hit");
        await requester.CommandAsync("REQUEST Holiday.MKV", "Saved");
        content[^1] ^= 1;
        File.WriteAllBytes(requester.Downloaded("Holiday.MKV"), content);
        (await requester.CommandAsync("REPAIR Holiday.MKV", "repaired")).Should().Contain("1 MiB fetched");
        await owner.CommandAsync("WITHDRAW notes.txt", "Withdrew");
        await requester.CommandAsync("SEARCH notes", "0 hits");

        FileContent.AreEqual(requester.Downloaded("Holiday.MKV"), owner.Folder.File("Holiday.MKV")).Should().BeTrue();
    }

    // Allocated blocks, because the file has its full length from the start.
    private static double FetchedIn(string saved) => BytesIn(FetchedText().Match(saved).Groups[1].Value);

    private static double BytesIn(string amount)
    {
        var words = amount.Split(' ');
        return double.Parse(words[0], CultureInfo.InvariantCulture) * Math.Pow(1024, Array.IndexOf(["B", "KiB", "MiB", "GiB"], words[1]));
    }

    [GeneratedRegex(@"verified, ([\d.]+ \w+) fetched")]
    private static partial Regex FetchedText();

    [GeneratedRegex(@"[0-9a-f]{8}  ([\d.]+ \w+)")]
    private static partial Regex UploadedColumn();
}
