using System.Collections.Concurrent;
using P2PShare.Peer.Async;
using P2PShare.Peer.Content;
using P2PShare.Peer.Linux;
using Serilog;

namespace P2PShare.Peer.Sharing.Following;

/// <summary>
/// Withdraws a file as soon as a change of it is detected, and shares it again, with its new id, when it has not changed for 2 s. Changes
/// of files in a folder that is followed are left to <see cref="FollowedFolders"/>.
/// </summary>
/// <param name="shared">The files to watch.</param>
/// <param name="publisher">Tells the server.</param>
/// <param name="identifier">Hashes the changed file.</param>
/// <param name="followed">The folders that are followed.</param>
/// <param name="tell">Tells the user: the file, and what happened to it, in a sentence that begins with its name.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class ChangeWatcher(
    SharedFiles shared,
    Publisher publisher,
    ContentIdentifier identifier,
    FollowedFolders followed,
    Action<SharedFile, string> tell,
    TimeProvider time,
    ILogger log)
{
    private readonly ConcurrentDictionary<SharedFile, Task> _handlers = new();

    /// <summary>Handles every change that is detected, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        void OnChange(SharedFile file)
        {
            if (!followed.TryReportChange(file))
                _handlers.GetOrAdd(file, changed => Background.Run(() => ShareAgainAsync(changed, cancellation)));
        }

        shared.ChangeDetected += OnChange;
        await Background.WaitNoThrowAsync(Task.Delay(Timeout.Infinite, cancellation));
        shared.ChangeDetected -= OnChange;
        await Task.WhenAll(_handlers.Values);
    }

    private async Task ShareAgainAsync(SharedFile file, CancellationToken cancellation)
    {
        try
        {
            tell(file, "has changed since it was announced; it is withdrawn until it is still.");
            await publisher.WithdrawAsync(file.Name, cancellation);
            await WaitUntilStableAsync(file.Path, cancellation);
            if (shared.TryFind(file.Name, out _))
                return;
            var content = await identifier.IdentifyAsync(file.Path, hashed: null, cancellation);
            var again = new SharedFile(file.Name, file.Path, content);
            var refusal = (await publisher.PublishAsync([again], cancellation))[0];
            tell(file, refusal is null ? $"is shared again, as #{again.Identity.Id.Short}." : "could not be announced again.");
        }
        catch (OperationCanceledException)
        {
            // The client ends.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warning("A changed file could not be shared again: {Reason:l}", e.Message);
            tell(file, "could not be shared again; ANNOUNCE it when it is there.");
        }
        finally
        {
            _handlers.TryRemove(file, out _);
        }
    }

    private async Task WaitUntilStableAsync(string path, CancellationToken cancellation)
    {
        var unstable = new UnstableFiles(time);
        unstable.Add(path, FileStamp.Of(path));
        while (unstable.NextDue is { } wait)
        {
            await Task.Delay(wait, time, cancellation);
            unstable.TakeStable(out var gone);
            if (gone.Count > 0)
                throw new FileNotFoundException($"There is no file {path}.");
        }
    }
}
