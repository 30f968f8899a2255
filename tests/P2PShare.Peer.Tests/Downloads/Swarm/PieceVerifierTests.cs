using System.Threading.Channels;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads.Buffers;
using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Downloads.Swarm;

/// <summary>
/// Small files are verified by one worker, or by their receiver while as many as may wait are waiting. Both find wrong ones.
/// </summary>
public sealed class PieceVerifierTests : IDisposable
{
    private const int MaxWaiting = 32;

    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _download = new();
    private readonly Channel<DownloadFile> _whole = Channel.CreateBounded<DownloadFile>(MaxWaiting);
    private readonly DownloadFile[] _files;
    private readonly DownloadState _state;
    private readonly PieceVerifier _verifier;
    private readonly PieceSource _source;

    public PieceVerifierTests()
    {
        _files = [.. Enumerable.Range(0, MaxWaiting + 1).Select(NewFile)];
        _state = new DownloadState(_files, new Random(1));
        _state.Change(scheduler =>
        {
            foreach (var file in _files)
                scheduler.Open(scheduler.AddFile(file.Identity), []);
        });
        _verifier = new PieceVerifier(_state, _whole.Writer, _download.Token);
        _source = new PieceSource(0, _ending);
    }

    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
        _ending.Dispose();
        _download.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_that_waits_is_whole_after_the_worker_has_verified_it()
    {
        for (var index = 0; index < MaxWaiting; index++)
            await TakeAsync(index, Content(index));
        _whole.Reader.Count.Should().Be(0);

        await WorkToTheEndAsync();
        await _source.SettleAsync();

        _whole.Reader.Count.Should().Be(MaxWaiting);
        _state.Bytes.Should().Be(Enumerable.Range(0, MaxWaiting).Sum(index => Content(index).Length));
    }

    [Fact]
    public async Task A_file_that_cannot_wait_is_whole_at_once()
    {
        for (var index = 0; index <= MaxWaiting; index++)
            await TakeAsync(index, Content(index));

        _whole.Reader.TryRead(out var file).Should().BeTrue();
        file.Should().BeSameAs(_files[MaxWaiting]);
        var finished = file!.Target.Finish([file.Destination]);
        file.Target.Dispose();
        File.ReadAllBytes(finished).Should().Equal(Content(MaxWaiting));
        await WorkToTheEndAsync();
    }

    [Fact]
    public async Task A_wrong_file_that_waits_fails_its_source()
    {
        await TakeAsync(0, Wrong(0));
        await WorkToTheEndAsync();

        await _source.Invoking(source => source.SettleAsync()).Should().ThrowAsync<WrongPieceException>();
        _ending.IsCancellationRequested.Should().BeTrue();
        _whole.Reader.Count.Should().Be(0);
    }

    [Fact]
    public async Task A_wrong_file_that_cannot_wait_throws_at_its_receiver()
    {
        for (var index = 0; index < MaxWaiting; index++)
            await TakeAsync(index, Content(index));

        await this.Invoking(_ => TakeAsync(MaxWaiting, Wrong(MaxWaiting)).AsTask()).Should().ThrowAsync<WrongPieceException>();
        _whole.Reader.Count.Should().Be(0);
        await WorkToTheEndAsync();
    }

    [Fact]
    public async Task A_receiver_that_waits_for_room_is_cancelled_when_the_download_ends()
    {
        for (var index = 0; index < MaxWaiting; index++)
        {
            await TakeAsync(index, Content(index));
            await _whole.Writer.WriteAsync(_files[index]);
        }

        var taking = TakeAsync(MaxWaiting, Content(MaxWaiting)).AsTask();
        taking.IsCompleted.Should().BeFalse();
        await _download.CancelAsync();

        await taking.Invoking(task => task.WaitAsync(TimeSpan.FromSeconds(30))).Should().ThrowAsync<OperationCanceledException>();
        await WorkToTheEndAsync();
    }

    private static byte[] Content(int index) => new SeededBytes((ulong)index).Create(100 + index);

    private static byte[] Wrong(int index) => [.. Content(index)[..^1], (byte)(Content(index)[^1] ^ 1)];

    private DownloadFile NewFile(int index)
    {
        var root = new byte[Limits.HashBytes];
        MerkleTree.HashPiece(Content(index), isWholeFile: true, root);
        FileIdentity.TryCreate(new FileId(root), Content(index).Length, out var identity).Should().BeTrue();
        var file = new DownloadFile(SharingPeer.NameOf($"{index}"), identity, _folder.File($"{index}"));
        file.TrySetLayer(PieceLayer.TryCreate(identity, [])!).Should().BeTrue();
        return file;
    }

    private ValueTask TakeAsync(int index, byte[] content)
    {
        var buffer = PieceBuffer.RentSmall(content.Length);
        content.CopyTo(buffer.Memory);
        _state.CountArriving(content.Length);
        return _verifier.TakeAsync(_source, new PieceRef(index, 0), buffer);
    }

    private Task WorkToTheEndAsync()
    {
        var working = _verifier.RunAsync();
        _verifier.Complete();
        return working.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
