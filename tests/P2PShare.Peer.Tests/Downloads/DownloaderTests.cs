using System.Net;
using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Linux;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol.Grammar;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Downloads;

public sealed class DownloaderTests : DownloadScene
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(MiB)]
    [InlineData(MiB + 1)]
    [InlineData(7 * MiB + 123)]
    public async Task A_file_of_any_size_is_saved_whole(int size)
    {
        await using var owner = new SharingPeer();
        var content = new SeededBytes(1).Create(size);
        _index.Add(await owner.ShareAsync("yaz tatili ğüşıöç.txt", content));

        var outcome = await FetchAsync("yaz tatili ğüşıöç.txt");

        outcome.Succeeded.Should().BeTrue("it ended as {0}", outcome);
        Saved("yaz tatili ğüşıöç.txt").Should().Equal(content);
        Leftovers().Should().BeEmpty();
    }

    [Fact]
    public async Task Every_owner_sends_a_part_of_the_file()
    {
        var content = new SeededBytes(2).Create(32 * MiB);
        await using var first = new SharingPeer();
        await using var second = new SharingPeer();
        _index.Add(await first.ShareAsync("a", content));
        _index.Add(await second.ShareAsync("a", content));

        (await FetchAsync("a")).Succeeded.Should().BeTrue();

        Saved("a").Should().Equal(content);
        var (byFirst, bySecond) = (first.Shared.Snapshot()[0].BytesServed, second.Shared.Snapshot()[0].BytesServed);
        (byFirst + bySecond).Should().BeInRange(content.Length, content.Length * 11 / 10);
        byFirst.Should().BePositive();
        bySecond.Should().BePositive();
    }

    [Fact]
    public async Task An_owner_that_sends_wrong_bytes_is_rejected_and_reported()
    {
        var content = new SeededBytes(3).Create(8 * MiB);
        await using var honest = new SharingPeer();
        await using var liar = new SharingPeer();
        _index.Add(await honest.ShareAsync("a", content));
        _index.Add(await liar.ShareAsync("a", content));
        for (var piece = 0; piece < 8; piece++)
            await DamageUnseenAsync(liar, "a", at: piece * MiB);

        // The honest owner is dialled only after the liar was rejected, so that the liar is asked for something.
        var outcome = await NewDownloader(_index, dial: async (to, cancellation) =>
        {
            if (((IPEndPoint)to).Port == honest.Address.Port)
                await Eventually.True(() => _observer.Events.Count > 0, "the liar to be rejected", cancellationToken: cancellation);
            return await Dialer.ConnectAsync(to, cancellation);
        }).FetchFileAsync(new FileRequest(SharingPeer.NameOf("a")), _observer, CancellationToken.None);

        outcome.Succeeded.Should().BeTrue("it ended as {0}", outcome);
        outcome.Should().BeOfType<DownloadOutcome.Saved>().Which.Transfer.RejectedOwners.Should().Equal(liar.Address);
        Saved("a").Should().Equal(content);
    }

    [Fact]
    public async Task With_only_a_lying_owner_the_download_fails_and_no_file_gets_the_name()
    {
        await using var liar = new SharingPeer();
        _index.Add(await liar.ShareAsync("a", new SeededBytes(4).Create(3 * MiB)));
        await DamageUnseenAsync(liar, "a", at: 2 * MiB + 5);
        var time = new ManualTimeProvider();

        var fetching = NewDownloader(_index, time)
            .FetchFileAsync(new FileRequest(SharingPeer.NameOf("a")), _observer, CancellationToken.None);
        await time.AdvanceUntilEndedAsync(fetching, () => TimeSpan.FromMilliseconds(100));

        (await fetching).Should().BeOfType<DownloadOutcome.Incomplete>().Which.Transfer.RejectedOwners.Should().Equal(liar.Address);
        File.Exists(_folder.File("a")).Should().BeFalse();
    }

    [Fact]
    public async Task A_cancelled_download_is_resumed_where_it_stopped()
    {
        var content = new SeededBytes(5).Create(16 * MiB);
        await using var owner = new SharingPeer();
        _index.Add(await owner.ShareAsync("a", content));
        using var cancel = new CancellationTokenSource();
        var held = new TaskCompletionSource<StallingStream>();
        var first = NewDownloader(_index, dial: async (to, token) =>
        {
            var connection = await Dialer.ConnectAsync(to, token);
            held.SetResult(new StallingStream(connection.Stream, bytesToRead: 5 * MiB));
            return new StreamConnection(held.Task.Result, connection.Remote, connection.Abort, connection.CloseSending);
        }).FetchFileAsync(new FileRequest(SharingPeer.NameOf("a")), _observer, cancel.Token);
        await (await held.Task).Stalled;
        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => first).Should().ThrowAsync<OperationCanceledException>();
        Leftovers().Should().ContainSingle();
        var served = owner.Shared.Snapshot()[0].BytesServed;

        (await FetchAsync("a")).Succeeded.Should().BeTrue();

        Saved("a").Should().Equal(content);
        Leftovers().Should().BeEmpty();
        (owner.Shared.Snapshot()[0].BytesServed - served).Should().Be(12 * MiB, "four of the sixteen pieces were there");
    }

    [Fact]
    public async Task Wrong_pieces_of_a_partial_file_are_fetched_again()
    {
        var content = new SeededBytes(6).Create(4 * MiB);
        await using var owner = new SharingPeer();
        var row = await owner.ShareAsync("a", content);
        _index.Add(row);
        using (var part = PartialFile.Open(_folder.File("a"), row.Identity!.Value))
        {
            part.Write(0, content.AsSpan(0, MiB));
            part.Write(2, content.AsSpan(0, MiB));
        }

        (await FetchAsync("a")).Succeeded.Should().BeTrue();

        Saved("a").Should().Equal(content);
        owner.Shared.Snapshot()[0].BytesServed.Should().Be(3 * MiB);
    }

    [Fact]
    public async Task An_existing_file_is_never_overwritten()
    {
        await using var owner = new SharingPeer();
        _index.Add(await owner.ShareAsync("report.pdf", "new"u8.ToArray()));
        _folder.Write("report.pdf", "old"u8);

        var outcome = await FetchAsync("report.pdf");

        var saved = outcome.Should().BeOfType<DownloadOutcome.Saved>().Subject;
        saved.IsRenamed.Should().BeTrue();
        saved.Path.Should().Be(_folder.File("report (1).pdf"));
        Saved("report.pdf").Should().Equal("old"u8.ToArray());
        Saved("report (1).pdf").Should().Equal("new"u8.ToArray());
    }

    [Fact]
    public async Task A_users_file_with_the_name_of_the_partial_file_is_left_alone()
    {
        await using var owner = new SharingPeer();
        _index.Add(await owner.ShareAsync("a", new SeededBytes(7).Create(2 * MiB)));
        _folder.Write("a.part", "mine"u8);

        (await FetchAsync("a")).Succeeded.Should().BeTrue();

        Saved("a.part").Should().Equal("mine"u8.ToArray());
    }

    [Fact]
    public async Task A_file_that_is_there_already_is_not_fetched_again()
    {
        await using var owner = new SharingPeer();
        var content = new SeededBytes(8).Create(MiB + 1);
        _index.Add(await owner.ShareAsync("a", content));
        _folder.Write("a", content);

        var outcome = await FetchAsync("a");

        outcome.Should().Be(new DownloadOutcome.AlreadyThere(
            SharingPeer.NameOf("a"), owner.Shared.Snapshot()[0].Identity, _folder.File("a")));
        outcome.Succeeded.Should().BeTrue();
        owner.Shared.Snapshot()[0].BytesServed.Should().Be(0);
    }

    [Fact]
    public async Task The_content_that_most_owners_have_is_fetched_unless_an_id_is_given()
    {
        await using var one = new SharingPeer();
        await using var two = new SharingPeer();
        await using var three = new SharingPeer();
        _index.Add(await one.ShareAsync("a", "minority"u8.ToArray()));
        _index.Add(await two.ShareAsync("a", "majority"u8.ToArray()));
        _index.Add(await three.ShareAsync("a", "majority"u8.ToArray()));

        (await FetchAsync("a")).Succeeded.Should().BeTrue();
        var minority = await _downloader.FetchFileAsync(
            new FileRequest(SharingPeer.NameOf("a"), one.Shared.Snapshot()[0].Identity.Id.Short), _observer, CancellationToken.None);

        Saved("a").Should().Equal("majority"u8.ToArray());
        Saved("a (1)").Should().Equal("minority"u8.ToArray());
        minority.Should().BeOfType<DownloadOutcome.Saved>().Which.Path.Should().Be(_folder.File("a (1)"));
        _observer.Events.Should().Equal(
            new DownloadEvent.OtherContents(SharingPeer.NameOf("a"), two.Shared.Snapshot()[0].Identity, Others: 1));
    }

    [Fact]
    public async Task Two_downloads_of_one_name_at_once_both_succeed()
    {
        var content = new SeededBytes(9).Create(8 * MiB);
        await using var owner = new SharingPeer();
        _index.Add(await owner.ShareAsync("a", content));

        var outcomes = await Task.WhenAll(
            FetchAsync("a"), NewDownloader(_index).FetchFileAsync(new FileRequest(SharingPeer.NameOf("a")), _observer, default));

        outcomes.Should().OnlyContain(outcome => outcome.Succeeded);
        Directory.GetFiles(_folder.Path, "a*").Should().AllSatisfy(path => File.ReadAllBytes(path).Should().Equal(content));
        Leftovers().Should().BeEmpty();
    }

    [Fact]
    public async Task Every_file_of_a_folder_is_saved()
    {
        await using var owner = new SharingPeer();
        var contents = Enumerable.Range(0, 300).ToDictionary(n => $"photos/{n % 7}/{n}.jpg", n => new SeededBytes((ulong)n).Create(n * 17));
        contents["photos/large"] = new SeededBytes(1000).Create(3 * MiB);
        foreach (var (name, content) in contents)
            _index.Add(await owner.ShareAsync(name, content));

        var outcome = await _downloader.FetchFolderAsync(SharingPeer.NameOf("photos"), null, _observer, CancellationToken.None);

        outcome.Succeeded.Should().BeTrue("it ended as {0}", outcome);
        contents.Should().AllSatisfy(file => Saved(file.Key).Should().Equal(file.Value));
        Leftovers().Should().BeEmpty();
    }

    [Fact]
    public async Task A_folder_that_is_there_in_part_is_completed_and_no_file_in_it_is_replaced()
    {
        await using var owner = new SharingPeer();
        var contents = Enumerable.Range(0, 40)
            .ToDictionary(n => $"photos/{n / 20}/{n}.jpg", n => new SeededBytes((ulong)n).Create(100 + n));
        foreach (var (name, content) in contents)
            _index.Add(await owner.ShareAsync(name, content));
        var same = _folder.Write("photos/0/3.jpg", contents["photos/0/3.jpg"]);
        _folder.Write("photos/0/4.jpg", "mine"u8);
        var written = File.GetLastWriteTimeUtc(same);

        var outcome = await _downloader.FetchFolderAsync(SharingPeer.NameOf("photos"), null, _observer, CancellationToken.None);

        outcome.Succeeded.Should().BeTrue("it ended as {0}", outcome);
        var folder = outcome.Should().BeOfType<DownloadOutcome.FolderFetched>().Subject;
        folder.Path.Should().Be(_folder.File("photos"));
        folder.Files.Should().Be(new FolderCounts(Saved: 39, AlreadyThere: 1, Missing: 0, Obstructed: 0, Unverifiable: 0));
        File.GetLastWriteTimeUtc(same).Should().Be(written);
        Saved("photos/0/4.jpg").Should().Equal("mine"u8.ToArray());
        Saved("photos/0/4 (1).jpg").Should().Equal(contents["photos/0/4.jpg"]);
        contents.Where(file => file.Key != "photos/0/4.jpg").Should().AllSatisfy(file => Saved(file.Key).Should().Equal(file.Value));
    }

    [Fact]
    public async Task The_identities_of_fetched_files_are_cached()
    {
        await using var owner = new SharingPeer();
        for (var number = 0; number < 20; number++)
            _index.Add(await owner.ShareAsync($"photos/{number}.jpg", new SeededBytes((ulong)number).Create(100)));
        await _downloader.FetchFolderAsync(SharingPeer.NameOf("photos"), null, _observer, CancellationToken.None);

        var cache = new IdentityCache(_folder.File(".cache/ids"), Serilog.Core.Logger.None);

        Directory.GetFiles(_folder.File("photos")).Count(path => cache.TryFind(path, FileStamp.Of(path), out _)).Should().Be(20);
    }

    [Fact]
    public async Task From_a_plain_server_the_file_is_saved_and_reported_as_unverified()
    {
        var plainIndex = new TableIndex(Features.None);
        await using var owner = new SharingPeer();
        var content = new SeededBytes(11).Create(3 * MiB);
        plainIndex.Add(await owner.ShareAsync("a", content));

        var outcome = await NewDownloader(plainIndex)
            .FetchFileAsync(new FileRequest(SharingPeer.NameOf("a")), _observer, CancellationToken.None);

        outcome.Succeeded.Should().BeTrue("it ended as {0}", outcome);
        outcome.Should().Be(new DownloadOutcome.SavedUnverified(
            SharingPeer.NameOf("a"), _folder.File("a"), IsRenamed: false, content.Length, owner.Address, IsServerPlain: true));
        Saved("a").Should().Equal(content);
    }
}
