using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using P2PShare.Peer.Content;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;
using Serilog;

namespace P2PShare.Peer.Sharing;

/// <summary>
/// Shares what is fetched: each verified piece of a file at once, and the whole file when it is finished. The server is told by a task
/// of its own, in the order of what happened, so that no download waits for it.
/// </summary>
/// <param name="shared">What this peer shares.</param>
/// <param name="publisher">Tells the server.</param>
/// <param name="port">The peer port, on which it is served.</param>
/// <param name="log">The log.</param>
internal sealed class Resharing(SharedFiles shared, Publisher publisher, int port, ILogger log)
{
    // Files that are announced together: one exchange for each of ten thousand small files would take longer than fetching them.
    private const int MaxBatch = 1000;

    private readonly Channel<Change> _changes = Channel.CreateUnbounded<Change>(new UnboundedChannelOptions { SingleReader = true });

    private abstract record Change
    {
        public sealed record PartBegun(SharedPart Part) : Change;

        public sealed record PartEnded(SharedPart Part) : Change;

        public sealed record FileFinished(SharedFile File) : Change;
    }

    /// <summary>The port on which fetched content is served.</summary>
    public int Port => port;

    /// <summary>
    /// Begins to serve a file that is being fetched; <see cref="SharedPart.Add"/> adds its pieces. Null where the content is shared
    /// already.
    /// </summary>
    public SharedPart? Begin(FileName name, PieceLayer layer, SafeFileHandle handle)
    {
        var part = new SharedPart(name, layer, handle);
        if (!shared.TryAdd(part))
            return null;

        // Before it has a piece: those who begin to fetch at the same time are connected when the first pieces come.
        _changes.Writer.TryWrite(new Change.PartBegun(part));
        return part;
    }

    /// <summary>The file is not fetched any more: its part is not served any more.</summary>
    public void End(SharedPart part)
    {
        if (shared.Remove(part))
            _changes.Writer.TryWrite(new Change.PartEnded(part));
    }

    /// <summary>
    /// The file is whole and has its final path: serves it instead of its part. False where another file is shared under its name, which
    /// stays.
    /// </summary>
    public bool Finish(SharedFile file, SharedPart? part)
    {
        // The name stays that of a file that this one has replaced on the disk.
        var isUpdate = shared.TryFind(file.Name, out var former) && former.Path == file.Path;
        if (isUpdate)
            shared.Put(file);
        var isShared = isUpdate || shared.TryAdd(file);
        if (part is not null)
            shared.Remove(part);
        if (isShared)
            _changes.Writer.TryWrite(new Change.FileFinished(file));
        else if (part is not null)
            _changes.Writer.TryWrite(new Change.PartEnded(part));
        return isShared;
    }

    /// <summary>Tells others of the empty folders of a folder that was fetched, as its owner did.</summary>
    public void NoteEmptyFolders(FileName root, IEnumerable<FileName> folders) => shared.EmptyFolders.Set(root, folders);

    /// <summary>Tells the server, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (await _changes.Reader.WaitToReadAsync(cancellation))
                await TellServerAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // The client ends.
        }
    }

    // What happened to several files is told together; what happened to one file is told in its order.
    private async Task TellServerAsync(CancellationToken cancellation)
    {
        var files = new List<SharedFile>();
        var parts = new List<SharedPart>();
        while (files.Count + parts.Count < MaxBatch && _changes.Reader.TryPeek(out var change) && change is not Change.PartEnded)
        {
            _changes.Reader.TryRead(out _);
            if (change is Change.FileFinished finished)
                files.Add(finished.File);
            else if (change is Change.PartBegun begun)
                parts.Add(begun.Part);
        }

        try
        {
            await publisher.PublishAsync(parts, cancellation);
            foreach (var refusal in await publisher.PublishFetchedAsync(files, cancellation))
                LogRefusal(refusal);
            if (_changes.Reader.TryPeek(out var next) && next is Change.PartEnded ended && _changes.Reader.TryRead(out _))
                await publisher.WithdrawAsync(ended.Part, cancellation);
        }
        catch (IOException e)
        {
            // After a reconnection, everything that is shared is announced again.
            log.Debug("The server could not be told what is fetched: {Reason:l}", e.Message);
        }
    }

    private void LogRefusal(string? refusal)
    {
        if (refusal is not null)
            log.Warning("The server refused a fetched file: {Reason:l}", Printable.Of(refusal));
    }
}
