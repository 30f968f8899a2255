using System.Diagnostics;
using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Peer.Tests.Content;

public sealed class ContentIdentifierTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly ContentIdentifier _identifier;

    public ContentIdentifierTests() => _identifier = new ContentIdentifier(
        new IdentityCache(_folder.File("ids"), Logger.None),
        new LayerStore(_folder.File("layers"), Logger.None),
        TimeProvider.System,
        Logger.None);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_link_is_identified_as_its_target()
    {
        var path = _folder.Write("a", "content"u8);
        var link = _folder.File("link");
        File.CreateSymbolicLink(link, path);

        (await IdentifyAsync(link)).Should().Be(await IdentifyAsync(path));
    }

    [Fact]
    public async Task An_empty_file_is_identified_as_such() =>
        (await IdentifyAsync(_folder.Write("empty", []))).Identity.Should().Be(FileIdentity.OfEmptyFile);

    [Fact]
    public async Task A_named_pipe_is_not_waited_for()
    {
        var pipe = _folder.File("pipe");
        await Process.Start("mkfifo", pipe).WaitForExitAsync();

        if (Platform.UsesLinuxCalls)
            await FluentActions.Awaiting(() => IdentifyAsync(pipe)).Should().ThrowAsync<IOException>();
        else
            (await IdentifyAsync(pipe)).Identity.Should().Be(FileIdentity.OfEmptyFile, "nothing tells it from an empty file");
    }

    private Task<IdentifiedFile> IdentifyAsync(string path) =>
        Task.Run(() => _identifier.IdentifyAsync(path, hashed: null, CancellationToken.None)).WaitAsync(Patience);
}
