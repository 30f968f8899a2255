using P2PShare.Protocol;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>Files that change at their owners: fetched again, updated, and changed during a fetch.</summary>
public sealed class ChangedFileTests : IAsyncLifetime
{
    private const int Pieces = 48;
    private readonly byte[] _content = new SeededBytes(3).Create(Pieces * Limits.PieceBytes);
    private RunningServer _server = null!;
    private RunningClient _owner = null!;
    private RunningClient _requester = null!;

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _owner = await RunningClient.StartAsync(_server, "yigido");
        _requester = await RunningClient.StartAsync(_server, "ayse");
    }

    public async Task DisposeAsync()
    {
        await _requester.DisposeAsync();
        await _owner.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_an_older_version_has_in_common_is_not_fetched_again_and_only_UPDATE_replaces_it()
    {
        await AnnounceAsync(_content.AsSpan(0, 40 * Limits.PieceBytes).ToArray());
        await _requester.CommandAsync("REQUEST log.bin", "Saved downloads/log.bin");
        await _requester.CommandAsync("WITHDRAW log.bin", "Withdrew");
        await AnnounceAsync(_content);

        var numbered = await _requester.CommandAsync("REQUEST log.bin", "Saved downloads/log (1).bin");
        numbered.Should().Contain("8 MiB fetched").And.Contain("40 MiB were here already.");
        File.Delete(_requester.Downloaded("log (1).bin"));

        var updated = await _requester.CommandAsync("UPDATE log.bin", "Updated downloads/log.bin");
        updated.Should().Contain("8 MiB fetched").And.Contain("40 MiB were here already.");
        File.ReadAllBytes(_requester.Downloaded("log.bin")).AsSpan().SequenceEqual(_content).Should().BeTrue();
        Directory.GetFiles(_requester.Folder.File("downloads")).Select(Path.GetFileName).Should().Equal("log.bin");
        (await _requester.CommandAsync("UPDATE log.bin", "already there")).Should().Contain("downloads/log.bin");
    }

    [Fact]
    public async Task File_shared_again_after_UPDATE_is_the_new_one()
    {
        await AnnounceAsync(_content.AsSpan(0, 2 * Limits.PieceBytes).ToArray());
        await _requester.CommandAsync("REQUEST log.bin", "Saved downloads/log.bin");
        await AnnounceAsync(_content);

        await _requester.CommandAsync("UPDATE log.bin#" + await IdOfOwnerAsync(), "Updated downloads/log.bin");

        await Eventually.True(
            async () => (await _requester.ListFilesAsync()) is [var one, var other, "2 files"] && IdIn(one) == IdIn(other),
            "both to share the new content");
    }

    private async Task<string> IdOfOwnerAsync() => IdIn((await _owner.CommandAsync("SHARED", "log.bin  ")).TrimEnd());

    private static string IdIn(string row) => row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];

    private async Task AnnounceAsync(byte[] content)
    {
        _owner.Folder.Write("log.bin", content);
        await _owner.CommandAsync("ANNOUNCE log.bin", $"Announced log.bin: {content.Length / Limits.PieceBytes} MiB");
    }
}
